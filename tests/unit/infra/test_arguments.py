"""A component refuses bad values before anything is declared, and says which properties are at fault."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from infra.access import WorkloadAccessArgs
from infra.balancer import BalancerArgs
from infra.bucket import Deposit, PayloadBucketArgs
from infra.budget import BudgetArgs
from infra.certificates import CertificatesArgs
from infra.checks import refuse_faults
from infra.cluster import ClusterArgs
from infra.database import DatabaseArgs
from infra.domain import DomainArgs
from infra.edge import EdgeArgs
from infra.function import FunctionArgs
from infra.global_database import GlobalDatabaseArgs
from infra.identity import IdentityArgs
from infra.image_registry import ImageRegistryArgs
from infra.inbound_mail import InboundMailArgs
from infra.key import EncryptionKeyArgs
from infra.lock_table import LockTableArgs
from infra.log_group import LogGroupArgs
from infra.mail import MailArgs
from infra.mail_names import MailNamesArgs
from infra.network import NetworkArgs
from infra.page_topic import PageTopicArgs
from infra.placement import Placement
from infra.queue import QueueArgs
from infra.release import ReleaseArgs
from infra.replica_key import ReplicaKeyArgs
from infra.schedule import ScheduleArgs
from infra.security_group import Rule, SecurityGroupArgs
from infra.statements import Statement
from infra.tags import DataClass, Tags
from infra.transit import Hub, TransitArgs
from infra.zone import ZoneArgs

HERE = Placement("111122223333", "eu-west-1")
TAGS = Tags("a-team", "shop", "eu", DataClass.PERSONAL, "shop-eu")
ADMIN = "arn:aws:iam::111122223333:role/deployment"
ZONES = ["a", "b", "c"]

GOOD: dict[str, Any] = {
    "bucket": PayloadBucketArgs(30, HERE, TAGS),
    "queue": QueueArgs(60, 4, 5, TAGS),
    "identity": IdentityArgs(60, "shop", {"service": "Call the shop"}, HERE, TAGS),
    "deposit": Deposit("Lay", "ses.amazonaws.com", "inbound/", {"StringEquals": {"aws:SourceAccount": HERE.account}}),
    "inbound mail": InboundMailArgs("shop.example", "bucket", "inbound/", HERE, TAGS),
    "mail": MailArgs("shop.example", HERE, TAGS),
    "mail names": MailNamesArgs("shop.example", "Z1", pulumi.Output.from_input(["a", "b", "c"]), HERE),
    "key": EncryptionKeyArgs("orders", HERE, TAGS),
    "replica": ReplicaKeyArgs("orders", "arn", HERE, TAGS),
    "log group": LogGroupArgs("arn", 30, TAGS),
    "database": DatabaseArgs(
        "shop",
        "16.8",
        "writer",
        True,
        "shop",
        "master",
        "db.r8g.large",
        2,
        14,
        30,
        "vpc",
        ZONES,
        "10.16.0.0/12",
        HERE,
        TAGS,
    ),
    "edge": EdgeArgs(
        ["GET /a", "GET /b"], ["GET /c"], "arn", "link", "shop.example", "issuer", ["client"], 500, 1000, 30, HERE, TAGS
    ),
    "access": WorkloadAccessArgs("c", "arn", "n", "s", [Statement("Read", ["s3:GetObject"], ["arn"])], HERE, TAGS),
    "network": NetworkArgs("10.16.0.0/16", ZONES, ["s3"], ["sqs", "kms"], "tgw", "10.16.0.0/12", 30, HERE, TAGS),
    "cluster": ClusterArgs("1.33", ZONES, {"a": ADMIN}, {"office": "10.31.0.0/16"}, [], 30, HERE, TAGS),
    "global database": GlobalDatabaseArgs("16.8", TAGS),
    "zone": ZoneArgs("shop.example", TAGS),
    "certificates": CertificatesArgs("api.shop.example", "Z1", ["eu-west-1"], TAGS),
    "registry": ImageRegistryArgs(["eu-central-1"], 100, HERE, TAGS),
    "hub": Hub("eu", "eu-west-1", "10.16.0.0/16"),
    "transit": TransitArgs([Hub("eu", "eu-west-1", "10.16.0.0/16")], "111122223333", TAGS),
    "rule": Rule("from-here", 443, "10.16.0.0/16"),
    "group": SecurityGroupArgs("The shop", "vpc", TAGS),
    "balancer": BalancerArgs("vpc", ZONES, "arn", "shop", "sg", 8080, "/readyz", {"a": ["/a"], "b": ["/b", "/"]}, TAGS),
    "domain": DomainArgs("api.shop.example", "eu", 128, "/", "Z1", "arn", "api", "$default", TAGS),
    "function": FunctionArgs(
        pulumi.AssetArchive({}),
        "shop.clock.tick",
        {"MODE": "act"},
        [Statement("See", ["cloudwatch:GetMetricStatistics"], ["*"]), Statement("Read", ["s3:GetObject"], ["arn"])],
        128,
        60,
        1,
        0,
        300,
        30,
        HERE,
        TAGS,
    ),
    "schedule": ScheduleArgs(5, "arn", "arn", HERE, TAGS),
    "lock table": LockTableArgs(HERE, TAGS),
    "page topic": PageTopicArgs("page@shop.example", HERE, TAGS),
    "budget": BudgetArgs(4000, ["costs@shop.example"], TAGS),
    "release": ReleaseArgs("../charts/shop", "0" * 64, "context", "shop", {}),
    "tags": TAGS,
    "placement": HERE,
}

BAD = [
    ("bucket", "expiry_days", 31, "must be 1 to 30 days, not 31"),
    ("bucket", "expiry_days", 0, "1 to 30"),
    ("queue", "visibility_seconds", 43_201, "43200"),
    ("queue", "retention_days", 14, "1 to 13 days"),
    ("queue", "max_receive_count", 1, "3 to 10"),
    ("queue", "max_receive_count", 11, "3 to 10"),
    ("identity", "access_token_minutes", 4, "5 to 1440"),
    ("identity", "refresh_token_days", 0, "1 to 3650"),
    ("identity", "api", "Cloud Sales", "a short name"),
    ("identity", "service_scopes", {}, "at least one"),
    ("mail", "domain", "Shop Example", "domain name"),
    ("deposit", "prefix", "", "one folder"),
    ("deposit", "prefix", "inbound/*", "one folder"),
    ("deposit", "conditions", {}, "on whose behalf"),
    ("inbound mail", "domain", "Shop Example", "domain name"),
    ("inbound mail", "prefix", "inbound", "one folder"),
    ("mail names", "domain", "Shop Example", "domain name"),
    ("key", "purpose", "", "what the key protects"),
    ("key", "rotation_days", 30, "90 to 2560"),
    ("key", "deletion_window_days", 7, "14 to 30"),
    ("replica", "purpose", "", "what the key protects"),
    ("replica", "deletion_window_days", 7, "14 to 30"),
    ("log group", "retention_days", 31, "one of"),
    ("log group", "retention_days", 0, "one of"),
    ("global database", "engine_version", "16", "16.8"),
    ("database", "database", "Shop", "lower case"),
    ("database", "master_user", "the master", "lower case"),
    ("database", "instance_class", "large", "db.r8g.large"),
    ("database", "instances", 1, "takes over"),
    ("database", "backup_retention_days", 13, "14 to 35"),
    ("database", "subnet_ids", ["a", "b"], "three zones"),
    ("network", "cidr", "10.16.0.0/20", "a private /16"),
    ("network", "cidr", "10.16.0.1/16", "such as 10.16.0.0/16"),
    ("network", "cidr", "8.8.0.0/16", "a private /16"),
    ("network", "zones", ["a", "b"], "3 different ones"),
    ("network", "zones", ["a", "b", "b"], "3 different ones"),
    ("network", "endpoint_services", ["sqs", "sqs"], "once: sqs"),
    ("cluster", "version", "v1.33", "1.33"),
    ("cluster", "subnet_ids", ["a"], "three zones"),
    ("cluster", "administrators", {}, "ARNs of roles"),
    ("cluster", "administrators", {"me": "arn:aws:iam::111122223333:user/me"}, "ARNs of roles"),
    ("zone", "domain", "Shop", "lower-case"),
    ("certificates", "domain", "*.shop.example", "lower-case"),
    ("certificates", "regions", [], "at least one"),
    ("registry", "regions", [], "at least one"),
    ("registry", "regions", ["eu-west-1"], "not eu-west-1"),
    ("registry", "images_kept", 1, "10 to 1000"),
    ("hub", "name", "EU", "lower case"),
    ("hub", "region", "europe", "eu-west-1"),
    ("hub", "cidr", "10.16.0.0/8", "10.16.0.0/16"),
    ("transit", "hubs", [], "one or more"),
    ("transit", "hubs", [Hub("eu", "eu-west-1", "10.16.0.0/16"), Hub("us", "eu-west-1", "10.17.0.0/16")], "once"),
    ("transit", "account", "123", "12-digit"),
    ("budget", "monthly_usd", 0, "1 to 1000000 US dollars"),
    ("budget", "told", ["costs@shop.example", "somebody"], "e-mail addresses"),
    ("rule", "name", "From Here", "lower case"),
    ("rule", "port", 0, "1 to 65535"),
    ("rule", "cidr", "0.0.0.0/0", "everywhere"),
    ("rule", "cidr", "::/0", "everywhere"),
    ("rule", "group_id", "sg-1", "not both"),
    ("group", "description", "", "sentence"),
    ("balancer", "subnet_ids", ["a"], "three zones"),
    ("balancer", "port", 80, "1024 to 65535"),
    ("balancer", "health_path", "readyz", "a path"),
    ("balancer", "paths", {"a": ["/a"], "b": ["/a/deeper"]}, "one service each: /a/deeper"),
    ("balancer", "paths", {"a": ["/a"], "b": ["/a"]}, "one service each: /a"),
    ("balancer", "paths", {"a": ["/{id}"]}, "plain: /{id}"),
    ("domain", "set_identifier", "EU", "lower case"),
    ("domain", "weight", 0, "1 to 255"),
    ("domain", "health_path", "", "a path"),
    ("edge", "routes", ["FETCH /a"], "a method and a path: 'FETCH /a'"),
    ("edge", "routes", ["GET /a", "GET /a"], "once: 'GET /a'"),
    ("edge", "requests_per_second", 0, "1 to 10000"),
    ("edge", "burst", 5_001, "1 to 5000"),
    ("access", "namespace", "No_Such", "Kubernetes name"),
    ("access", "service_account", "", "Kubernetes name"),
    ("access", "grants", [Statement("All", ["*"], ["arn"])], "everything (All)"),
    ("access", "grants", [Statement("All", ["s3:GetObject"], ["*"])], "everything (All)"),
    ("function", "handler", "tick", "shop.clock.tick"),
    ("function", "handler", "shop.clock.tick()", "shop.clock.tick"),
    ("function", "environment", {"AWS_REGION": "eu-west-1"}, "its own names: AWS_REGION"),
    ("function", "grants", [Statement("All", ["*"], ["arn"])], "everything (All)"),
    ("function", "grants", [Statement("All", ["s3:GetObject"], ["*"])], "everything (All)"),
    (
        "function",
        "grants",
        [Statement("All", ["cloudwatch:GetMetricStatistics", "sqs:SendMessage"], ["*"])],
        "everything (All)",
    ),
    ("function", "memory_mb", 64, "128 to 10240"),
    ("function", "timeout_seconds", 901, "1 to 900"),
    ("function", "concurrency", 0, "1 to 100"),
    ("function", "attempts_after_failure", 3, "0 to 2"),
    ("function", "newest_seconds", 59, "60 to 21600"),
    ("schedule", "minutes", 0, "1 to 1440"),
    ("schedule", "retries", 186, "0 to 185"),
    ("lock table", "recovery_days", 36, "1 to 35"),
    ("page topic", "address", "the rota", "an e-mail address"),
    ("release", "chart_digest", "latest", "digest"),
    ("release", "namespace", "-", "Kubernetes name"),
    ("tags", "owner", "", "team"),
    ("tags", "cost_centre", "Cost Centre", "cost centre"),
    ("placement", "account", "123", "12-digit"),
    ("placement", "region", "europe", "eu-west-1"),
]


@pytest.mark.parametrize(("kind", "name", "value", "reason"), BAD)
def test_a_bad_value_is_refused_by_the_name_of_its_property(kind: str, name: str, value: object, reason: str) -> None:
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        replace(GOOD[kind], **{name: value})

    assert [fault["property_path"] for fault in refused.value.errors or []] == [name]
    assert reason in refused.value.message
    assert name in refused.value.message


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(pulumi.InputPropertiesError) as refused:
        QueueArgs(0, 0, 0, TAGS)

    named = {fault["property_path"] for fault in refused.value.errors or []}
    assert named == {"visibility_seconds", "retention_days", "max_receive_count"}
    assert all(name in refused.value.message for name in named)


def test_nothing_is_refused_without_a_reason() -> None:
    refuse_faults("Anything", one=None, other=None)


@pytest.mark.parametrize("build", [lambda: PayloadBucketArgs(30, HERE), lambda: QueueArgs(60, 4, 5)])  # type: ignore[call-arg]
def test_nothing_taggable_can_be_described_without_tags(build: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match="tags"):
        build()

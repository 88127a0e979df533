"""A component refuses bad values before anything is declared, and says which properties are at fault."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from infra.access import WorkloadAccessArgs
from infra.bucket import Deposit, PayloadBucketArgs
from infra.checks import refuse_faults
from infra.database import DatabaseArgs
from infra.edge import EdgeArgs
from infra.identity import IdentityArgs
from infra.inbound_mail import InboundMailArgs
from infra.key import EncryptionKeyArgs
from infra.log_group import LogGroupArgs
from infra.mail import MailArgs
from infra.placement import Placement
from infra.queue import QueueArgs
from infra.release import ReleaseArgs
from infra.replica_key import ReplicaKeyArgs
from infra.statements import Statement
from infra.tags import DataClass, Tags

HERE = Placement("111122223333", "eu-west-1")
TAGS = Tags("a-team", "shop", "eu", DataClass.PERSONAL, "shop-eu")
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/1/2"

GOOD: dict[str, Any] = {
    "bucket": PayloadBucketArgs(30, HERE, TAGS),
    "queue": QueueArgs(60, 4, 5, TAGS),
    "identity": IdentityArgs(60, "shop", {"service": "Call the shop"}, HERE, TAGS),
    "deposit": Deposit("Lay", "ses.amazonaws.com", "inbound/", {"StringEquals": {"aws:SourceAccount": HERE.account}}),
    "inbound mail": InboundMailArgs("shop.example", "bucket", "inbound/", HERE, TAGS),
    "mail": MailArgs("shop.example", HERE, TAGS),
    "key": EncryptionKeyArgs("orders", HERE, TAGS),
    "replica": ReplicaKeyArgs("orders", f"arn:aws:kms:eu-north-1:111122223333:key/mrk-{'0' * 32}", HERE, TAGS),
    "log group": LogGroupArgs("arn", 30, TAGS),
    "database": DatabaseArgs("shop", "16.8", "db.r8g.large", 2, 14, 30, "shop", ["sg-1"], HERE, TAGS),
    "edge": EdgeArgs(
        ["GET /a", "GET /b"], ["GET /c"], LISTENER, "link", "issuer", ["client"], 500, 1000, 30, HERE, TAGS
    ),
    "access": WorkloadAccessArgs("c", "n", "s", [Statement("Read", ["s3:GetObject"], ["arn"])], HERE, TAGS),
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
    ("key", "purpose", "", "what the key protects"),
    ("key", "rotation_days", 30, "90 to 2560"),
    ("key", "deletion_window_days", 7, "14 to 30"),
    ("replica", "purpose", "", "what the key protects"),
    ("replica", "primary_arn", "arn:aws:kms:eu-north-1:111122223333:key/1234", "a multi-Region key"),
    ("replica", "deletion_window_days", 7, "14 to 30"),
    ("log group", "retention_days", 31, "one of"),
    ("log group", "retention_days", 0, "one of"),
    ("database", "global_cluster", "9lives", "identifier"),
    ("database", "engine_version", "16", "16.8"),
    ("database", "instance_class", "large", "db.r8g.large"),
    ("database", "instances", 1, "takes over"),
    ("database", "backup_retention_days", 13, "14 to 35"),
    ("database", "security_group_ids", [], "at least one"),
    ("edge", "routes", ["FETCH /a"], "a method and a path: 'FETCH /a'"),
    ("edge", "routes", ["GET /a", "GET /a"], "once: 'GET /a'"),
    ("edge", "listener_arn", "http://here", "listener"),
    ("edge", "requests_per_second", 0, "1 to 10000"),
    ("edge", "burst", 5_001, "1 to 5000"),
    ("access", "namespace", "No_Such", "Kubernetes name"),
    ("access", "service_account", "", "Kubernetes name"),
    ("access", "grants", [Statement("All", ["*"], ["arn"])], "everything (All)"),
    ("access", "grants", [Statement("All", ["s3:GetObject"], ["*"])], "everything (All)"),
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

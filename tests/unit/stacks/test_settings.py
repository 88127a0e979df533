"""The settings file: what stands in it arrives, and every fault is told with its file, its key and the remedy."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from infra.tags import DataClass
from local.host.capture import ROOT
from services.registry import SERVICES
from stacks.reading import SettingsError
from stacks.schema import Settings
from stacks.settings import parse
from tests.support.stacks import STACKS

Document = dict[str, Any]
EU: Document = yaml.safe_load((ROOT / "Pulumi.eu.yaml").read_text(encoding="utf-8"))["config"]


def read(document: Document, stack: str = "eu") -> Settings:
    """Parses it as the engine hands it over: objects as JSON, everything else as text."""
    return parse(
        stack, {key: value if isinstance(value, str) else json.dumps(value) for key, value in document.items()}
    )


def faults_of(document: Document, stack: str = "eu") -> list[str]:
    """The lines of the refusal below its first."""
    with pytest.raises(SettingsError) as refused:
        read(document, stack)
    first, *faults = str(refused.value).splitlines()
    assert first == f"Pulumi.{stack}.yaml cannot be used:"
    return [fault.strip() for fault in faults]


def put(path: str, value: object) -> Callable[[Document], None]:
    *parents, last = path.split("/")

    def change(document: Document) -> None:
        for parent in parents:
            document = document[parent]
        document[last] = value

    return change


def drop(path: str) -> Callable[[Document], None]:
    *parents, last = path.split("/")

    def change(document: Document) -> None:
        for parent in parents:
            document = document[parent]
        del document[last]

    return change


def rename(path: str, name: str) -> Callable[[Document], None]:
    *parents, last = path.split("/")

    def change(document: Document) -> None:
        for parent in parents:
            document = document[parent]
        document[name] = document.pop(last)

    return change


FOREIGN = "is not known: keys are 'aws:region', 'aws:allowedAccountIds' and 'cloud-sales:...'"

FAULTY = [
    # Misspelt keys, at each depth.
    (
        rename("cloud-sales:queues/maxReceiveCount", "maxRecieveCount"),
        "cloud-sales:queues.maxRecieveCount is not a known key; did you mean 'cloud-sales:queues.maxReceiveCount'?",
    ),
    (
        rename("cloud-sales:workloads/order/minReplicas", "minReplcas"),
        "cloud-sales:workloads.order.minReplcas is not a known key; did you mean 'cloud-sales:workloads.order.minRep",
    ),
    (
        rename("cloud-sales:payloads", "cloud-sales:payload"),
        "cloud-sales:payload is not a known key; did you mean 'cloud-sales:payloads'?",
    ),
    (rename("aws:region", "aws:regoin"), f"aws:regoin {FOREIGN}; did you mean 'aws:region'?"),
    # Another namespace: the mistake that makes a value silently ineffective.
    (
        rename("cloud-sales:payloads", "cloudsales:payloads"),
        f"cloudsales:payloads {FOREIGN}; did you mean 'cloud-sales:payloads'?",
    ),
    (put("datadog:site", "datadoghq.eu"), f"datadog:site {FOREIGN}"),
    # Keys that nothing resembles.
    (put("cloud-sales:edge/xyzzy", 1), "cloud-sales:edge.xyzzy is not a known key"),
    # Missing keys.
    (drop("aws:region"), "aws:region is missing"),
    (drop("cloud-sales:database"), "cloud-sales:database is missing"),
    (drop("cloud-sales:ccp/url"), "cloud-sales:ccp.url is missing"),
    (drop("cloud-sales:workloads/email/memory"), "cloud-sales:workloads.email.memory is missing"),
    (rename("cloud-sales:sun/mode", "mod"), "cloud-sales:sun.mod is not a known key; did you mean"),
    # Wrong types: nothing is converted.
    (
        put("cloud-sales:payloads/expiryDays", "30"),
        'cloud-sales:payloads.expiryDays should be a valid integer, not "30"',
    ),
    (put("cloud-sales:payloads/expiryDays", 29.5), "cloud-sales:payloads.expiryDays should be a valid integer"),
    (
        put("cloud-sales:payloads/expiryDays", True),
        "cloud-sales:payloads.expiryDays should be a valid integer, not true",
    ),
    (put("cloud-sales:cluster/version", 1.33), "cloud-sales:cluster.version should be a valid string"),
    (put("cloud-sales:image", "latest"), "cloud-sales:image should be an object"),
    (
        put("cloud-sales:cluster/administrators", ["arn:aws:iam::111122223333:user/me"]),
        "cloud-sales:cluster.administrators[0] should match",
    ),
    (put("aws:allowedAccountIds", ["12"]), "aws:allowedAccountIds[0] should match"),
    (put("aws:allowedAccountIds", []), "aws:allowedAccountIds should have at least 1 item"),
    (put("cloud-sales:sun/mode", True), "cloud-sales:sun.mode should be 'observe' or 'act', not true"),
    # Values out of their range.
    (put("cloud-sales:sun/mode", "Act"), "cloud-sales:sun.mode should be 'observe' or 'act', not \"Act\""),
    (put("cloud-sales:sun/page", "the rota"), "cloud-sales:sun.page should match"),
    (put("cloud-sales:payloads/expiryDays", 31), "cloud-sales:payloads.expiryDays should be less than or equal to 30"),
    (
        put("cloud-sales:queues/retentionDays", 14),
        "cloud-sales:queues.retentionDays should be less than or equal to 13",
    ),
    (put("cloud-sales:workloads/order/minReplicas", 0), "cloud-sales:workloads.order.minReplicas should be greater"),
    (put("cloud-sales:scaling/cpuPercent", 100), "cloud-sales:scaling.cpuPercent should be less than or equal to 90"),
    (put("cloud-sales:workloads/order/memory", "256MB"), "cloud-sales:workloads.order.memory should match"),
    (put("cloud-sales:region/timeZone", "Europe/Dublni"), "cloud-sales:region.timeZone should be a time zone"),
    (put("cloud-sales:network/cidr", "10.16.0.0/20"), "cloud-sales:network.cidr should be a private /16"),
    (put("cloud-sales:network/zones", ["eu-west-1a"]), "cloud-sales:network.zones should have at least 3 items"),
    (
        put("cloud-sales:network/zones", ["eu-west-1a", "eu-west-1b", "eu-west-1b"]),
        "cloud-sales:network.zones names a zone twice",
    ),
    (put("cloud-sales:cluster/version", "1.33.1"), "cloud-sales:cluster.version should match"),
    (put("cloud-sales:ccp/url", "http://api.ccp.example"), "cloud-sales:ccp.url should be an https URL"),
    (put("cloud-sales:image/tag", "a b"), "cloud-sales:image.tag should match"),
    # Workloads and the registry.
    (drop("cloud-sales:workloads/relay"), "cloud-sales:workloads.relay is missing"),
    (
        rename("cloud-sales:workloads/relay", "relais"),
        "cloud-sales:workloads.relais is not a registered service; did you mean 'cloud-sales:workloads.relay'?",
    ),
    (
        put("cloud-sales:workloads/teapot", {"minReplicas": 1, "maxReplicas": 1, "cpu": "1", "memory": "1Gi"}),
        "cloud-sales:workloads.teapot is not a registered service",
    ),
    # What belongs to `global`.
    (put("cloud-sales:zone", {"domain": "cloud-sales.example"}), "cloud-sales:zone is not a known key"),
    (put("cloud-sales:image/repository", "here"), "cloud-sales:image.repository is not a known key"),
    (
        put("cloud-sales:workloads/order/maxReplicas", 1),
        "cloud-sales:workloads.order.maxReplicas is 1, which is less than minReplicas (2)",
    ),
    (
        put("cloud-sales:workloads/database/maxReplicas", 2),
        "cloud-sales:workloads.database.maxReplicas and minReplicas are not both 1, but a migration runs once",
    ),
    # Values that contradict each other: a file copied from another region.
    (
        put("cloud-sales:network/zones", ["eu-west-1a", "eu-west-1b", "us-east-1a"]),
        "cloud-sales:network.zones names 'us-east-1a', but aws:region is 'eu-west-1'",
    ),
    (put("cloud-sales:region/name", "apac"), "cloud-sales:region.name is 'apac', but the stack is 'eu'"),
    (
        put("cloud-sales:mail/sender", "invoices@other.example"),
        "cloud-sales:mail.sender is 'invoices@other.example', but cloud-sales:mail.domain is 'eu.cloud-sales.example'",
    ),
    # Values that would lose or repeat something.
    (
        put("cloud-sales:mail/evidenceWindowSeconds", 60),
        "cloud-sales:mail.evidenceWindowSeconds is 60, which is not longer than cloud-sales:queues.visibilitySeconds",
    ),
    (
        put("cloud-sales:queues/retentionDays", 2),
        "cloud-sales:queues.retentionDays is 2, which is not longer than the relay's patience (48.8 hours)",
    ),
    (put("cloud-sales:queues/maxReceiveCount", 2), "cloud-sales:queues.maxReceiveCount should be greater"),
]


@pytest.mark.parametrize(("change", "fault"), FAULTY, ids=[fault.partition(";")[0] for _, fault in FAULTY])
def test_a_fault_is_refused_with_its_path(change: Callable[[Document], None], fault: str) -> None:
    document = copy.deepcopy(EU)
    change(document)

    (told,) = faults_of(document)

    assert told.startswith(fault)


def test_all_faults_are_told_at_once() -> None:
    document = copy.deepcopy(EU)
    put("datadog:site", "datadoghq.eu")(document)
    drop("cloud-sales:workloads/relay")(document)
    drop("cloud-sales:ccp/url")(document)
    put("cloud-sales:payloads/expiryDays", "thirty")(document)

    assert [fault.split()[0] for fault in faults_of(document)] == [
        "datadog:site",
        "cloud-sales:payloads.expiryDays",
        "cloud-sales:ccp.url",
        "cloud-sales:workloads.relay",
    ]


def test_the_file_named_is_the_stack_s_own() -> None:
    assert faults_of({**EU, "cloud-sales:region": {**EU["cloud-sales:region"], "name": "eu"}}, stack="third")


def test_an_empty_file_lacks_every_section() -> None:
    lacking = {fault.removesuffix(" is missing") for fault in faults_of({})}
    assert lacking == EU.keys()


@pytest.mark.parametrize("stack", STACKS)
def test_every_settings_file_of_the_repository_is_complete(stack: str) -> None:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
    settings = read(yaml.safe_load(text)["config"], stack)
    assert set(settings.workloads) == {service.name for service in SERVICES}


def test_plain_http_is_let_through_for_a_simulator_on_this_machine() -> None:
    document = copy.deepcopy(EU)
    put("cloud-sales:ccp/url", "http://127.64.0.2:8080")(document)
    assert read(document).ccp.url == "http://127.64.0.2:8080"


def test_names_tags_and_place_follow_from_the_settings() -> None:
    settings = read(EU)
    assert settings.name("invoice") == "cloud-sales-eu-invoice"
    assert settings.placement.arn("sqs", "q") == "arn:aws:sqs:eu-west-1:111122223333:q"
    assert settings.tags(DataClass.INTERNAL, "relay").as_tags() == {
        "owner": "cloud-sales-platform",
        "service": "relay",
        "region": "eu",
        "data": "internal",
        "cost-centre": "cloud-sales-eu",
    }


def test_settings_cannot_be_changed_after_they_were_read() -> None:
    settings = read(EU)
    with pytest.raises(ValueError, match="frozen"):
        settings.aws_region = "us-east-1"  # type: ignore[misc]

"""What a stack's settings say reaches the pack in the engine, and the engine finds what the judge finds."""

import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel
from pulumi_policy import policy as sdk

from policies.catalogue import all_rules
from policies.judge import judgement, parse
from policies.model import Resource
from policies.pack import WAIVED, pulumi_policies
from policies.serving import Servicer
from policies.settings import today
from tests.support.analyzer import SECONDS, connected

QUEUE = "aws:sqs/queue:Queue"
CONFIG = {
    "aws:region": "eu-west-1",
    "policies:levels": json.dumps({"sqs-encrypted": "advisory", "data-protected": "disabled"}),
    "policies:waivers": json.dumps(
        [
            {
                "rule": "queue-has-dlq",
                "resource": "orders*",
                "reason": "the consumer goes with the next release",
                "owner": "cloud-sales-platform",
                "until": str(today() + timedelta(days=30)),
            },
            {
                "rule": "sqs-encrypted",
                "resource": "gone",
                "reason": "its messages are public in any case",
                "owner": "cloud-sales-platform",
                "until": str(today() - timedelta(days=1)),
            },
            {
                "rule": "s3-kms",
                "resource": "nobody",
                "reason": "a bucket that was given up long ago",
                "owner": "cloud-sales-platform",
                "until": str(today()),
            },
        ]
    ),
}
Finding = tuple[str, str, str]


def struct(values: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def by_the_engine(analyzer: Any, resources: list[Resource]) -> set[Finding]:
    """Rule, level and URN of what the pack says when it is asked as the engine asks it."""
    answers = [
        analyzer.Analyze(
            analyzer_pb2.AnalyzeRequest(
                type=one.type,
                name=one.name,
                urn=one.urn,
                properties=struct(one.properties),
                options=analyzer_pb2.AnalyzerResourceOptions(
                    protect=one.options.protect, ignoreChanges=one.options.ignore_changes
                ),
            )
        )
        for one in resources
    ]
    found = {(said, one.urn) for one, answer in zip(resources, answers, strict=True) for said in told(answer)}
    whole = analyzer.AnalyzeStack(
        analyzer_pb2.AnalyzeStackRequest(
            resources=[
                analyzer_pb2.AnalyzerResource(
                    type=one.type,
                    name=one.name,
                    urn=one.urn,
                    properties=struct(one.properties),
                    options=analyzer_pb2.AnalyzerResourceOptions(
                        protect=one.options.protect, ignoreChanges=one.options.ignore_changes
                    ),
                )
                for one in resources
            ]
        )
    )
    found |= {((one.policyName, level(one)), one.urn) for one in whole.diagnostics}
    return {(*said, urn) for said, urn in found}


def told(answer: analyzer_pb2.AnalyzeResponse) -> Iterator[tuple[str, str]]:
    return ((one.policyName, level(one)) for one in answer.diagnostics)


def level(said: analyzer_pb2.AnalyzeDiagnostic) -> str:
    return str(analyzer_pb2.EnforcementLevel.Name(said.enforcementLevel)).lower()


def in_process(resources: list[Resource], config: dict[str, str]) -> set[Finding]:
    found = judgement(resources, parse(config))
    return {(one.rule, str(one.level), one.urn) for one in found.violations} | {
        (WAIVED, "advisory", one.violation.urn) for one in found.waived
    }


class Analyzer:
    """The servicer without a server between."""

    def __init__(self) -> None:
        self._servicer = Servicer("cloud-sales", "0", pulumi_policies(), EnforcementLevel.MANDATORY)

    def __getattr__(self, call: str) -> Any:
        return lambda request: getattr(self._servicer, call)(request, None)


@pytest.fixture(scope="module")
def analyzer() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    with connected() as stub:
        yield stub


def queue(name: str) -> Resource:
    return Resource(QUEUE, name, f"urn:pulumi:eu::cloud-sales::{QUEUE}::{name}", {"name": name})


def test_levels_and_waivers_of_a_stack_hold_in_the_engine_as_in_process(
    analyzer: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    request = analyzer_pb2.AnalyzerStackConfigureRequest(stack="eu", project="cloud-sales", config=CONFIG)
    analyzer.ConfigureStack(request, timeout=SECONDS)
    info = analyzer.GetAnalyzerInfo(empty_pb2.Empty(), timeout=SECONDS)
    levels = {one.name: one.enforcementLevel for one in info.policies}
    assert levels["sqs-encrypted"] == analyzer_pb2.ADVISORY
    assert levels["data-protected"] == analyzer_pb2.DISABLED

    resources = [queue("orders-eu"), queue("other"), Resource("aws:kms/key:Key", "key", "urn:key", {})]
    found = by_the_engine(analyzer, resources)
    assert found == in_process(resources, CONFIG)
    assert {
        ("sqs-encrypted", "advisory", resources[0].urn),
        ("queue-has-dlq", "mandatory", resources[1].urn),
        (WAIVED, "advisory", resources[0].urn),
        ("waiver-expired", "mandatory", ""),
        ("waiver-unused", "advisory", ""),
    } <= found
    assert ("queue-has-dlq", "mandatory", resources[0].urn) not in found
    assert not [one for one in found if one[0] == "data-protected"]


def test_settings_that_are_wrong_stop_the_engine_before_it_asks(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
    config = {"policies:levels": '{"sqs-encryptd": "advisory"}'}
    with pytest.raises(grpc.RpcError) as refused:
        analyzer.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="eu", config=config), timeout=SECONDS)
    assert "Pulumi.eu.yaml" in refused.value.details()
    assert "policies:levels.sqs-encryptd names no rule of the pack; did you mean 'sqs-encrypted'?" in (
        refused.value.details()
    )


def test_the_sdk_still_has_the_servicer_that_is_extended() -> None:
    assert issubclass(Servicer, sdk._PolicyAnalyzerServicer)
    assert "ConfigureStack" in vars(sdk._PolicyAnalyzerServicer)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_every_example_is_judged_alike_in_the_wire_s_form(rule: SimpleNamespace) -> None:
    """Lists and objects of the engine are proxies there, and numbers floats."""
    analyzer = Analyzer()
    for stack in (*rule.accepts, *rule.rejects.values()):
        # Two resources of an example may share a URN; in a stack none do.
        resources = [
            Resource(one.type, one.name, f"{one.urn}-{number}", one.properties, one.options)
            for number, one in enumerate(stack.resources)
        ]
        mine = {one for one in by_the_engine(analyzer, resources) if one[0] == rule.name}
        assert mine == {one for one in in_process(resources, {}) if one[0] == rule.name}

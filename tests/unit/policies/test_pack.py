"""The pack as the Pulumi engine uses it: started as a program, asked over gRPC, ended by its process id."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy

from policies import waivers
from policies.catalogue import all_rules
from policies.pack import WAIVED, pulumi_policies
from policies.registry import ResourceRule
from tests.support.analyzer import SECONDS, connected

WATCHERS = {waivers.EXPIRED, waivers.UNUSED, WAIVED}
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
QUEUE = "aws:sqs/queue:Queue"


@pytest.fixture(scope="module")
def analyzer() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    with connected() as stub:
        yield stub


def test_each_rule_becomes_one_policy_of_its_kind_and_level() -> None:
    made = {policy.name: policy for policy in pulumi_policies()}
    assert made.keys() == {rule.name for rule in all_rules()} | WATCHERS
    for rule in all_rules():
        kind = ResourceValidationPolicy if isinstance(rule, ResourceRule) else StackValidationPolicy
        assert type(made[rule.name]) is kind
        assert made[rule.name].enforcement_level is EnforcementLevel(rule.level.value)


def properties(**stated: Any) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(stated)
    return struct


def analyzed(
    analyzer: analyzer_pb2_grpc.AnalyzerStub,
    kind: str,
    options: analyzer_pb2.AnalyzerResourceOptions | None = None,
    **stated: Any,
) -> dict[str, analyzer_pb2.AnalyzeDiagnostic]:
    request = analyzer_pb2.AnalyzeRequest(
        type=kind,
        name="it",
        urn=f"urn:pulumi:eu::cloud-sales::{kind}::it",
        properties=properties(**stated),
        options=options,
    )
    return {found.policyName: found for found in analyzer.Analyze(request, timeout=SECONDS).diagnostics}


def test_the_pack_introduces_every_rule(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
    info = analyzer.GetAnalyzerInfo(empty_pb2.Empty(), timeout=SECONDS)
    assert info.name == "cloud-sales"
    told = {policy.name: policy.remediation_steps for policy in info.policies}
    assert told.items() >= {rule.name: rule.remedy for rule in all_rules()}.items()
    assert told.keys() - {rule.name for rule in all_rules()} == WATCHERS
    levels = {policy.name: analyzer_pb2.EnforcementLevel.Name(policy.enforcementLevel) for policy in info.policies}
    assert levels.items() >= {rule.name: rule.level.name for rule in all_rules()}.items()


def test_a_resource_is_refused_with_reason_and_remedy(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
    found = analyzed(analyzer, QUEUE, sqsManagedSseEnabled=False)
    said = found["sqs-encrypted"].message
    (rule,) = (rule for rule in all_rules() if rule.name == "sqs-encrypted")
    assert said == f"{rule.why}\nqueue 'it' states no encryption. To fix it: {rule.remedy}"


def test_options_reach_the_rules(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
    protected = analyzer_pb2.AnalyzerResourceOptions(protect=True)
    assert "data-protected" in analyzed(analyzer, "aws:kms/key:Key")
    assert "data-protected" not in analyzed(analyzer, "aws:kms/key:Key", protected)


def test_a_value_not_known_before_creation_is_no_violation(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
    found = analyzed(analyzer, QUEUE, kmsMasterKeyId=UNKNOWN_TEXT)
    assert found["sqs-encrypted"].enforcementLevel == analyzer_pb2.ADVISORY
    assert "can't run policy 'sqs-encrypted'" in found["sqs-encrypted"].message


def test_nested_properties_and_numbers_are_read_through_the_engine_s_wire_form(
    analyzer: analyzer_pb2_grpc.AnalyzerStub,
) -> None:
    bad = {"Effect": "Allow", "Action": ["sqs:*"], "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders"}
    found = analyzed(analyzer, "aws:iam/policy:Policy", policy={"Statement": [bad]})
    assert "'sqs:*'" in found["iam-no-star"].message


def test_a_stack_is_judged_as_a_whole(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
    bucket, lifecycle = "aws:s3/bucket:Bucket", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    rules = [
        {
            "status": "Enabled",
            "expiration": {"days": 31},
            "noncurrentVersionExpiration": {"noncurrentDays": 1},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1},
        }
    ]
    request = analyzer_pb2.AnalyzeStackRequest(
        resources=[
            analyzer_pb2.AnalyzerResource(type=kind, name="it", urn=f"urn:{kind}", properties=stated)
            for kind, stated in (
                (bucket, properties(bucket="payloads")),
                (lifecycle, properties(bucket="payloads", rules=rules)),
            )
        ]
    )
    found = {one.policyName: one for one in analyzer.AnalyzeStack(request, timeout=SECONDS).diagnostics}
    assert found.keys() >= {"payload-expiry-30d", "s3-kms", "s3-public-access-block", "s3-tls-only"}
    assert found["payload-expiry-30d"].urn == f"urn:{lifecycle}"
    assert "for 31 days" in found["payload-expiry-30d"].message
    assert found["s3-kms"].urn == f"urn:{bucket}"

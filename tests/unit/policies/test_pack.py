"""The pack as the Pulumi engine uses it: started as a program, asked over gRPC, ended by its process id."""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy

import policies
from policies.catalogue import all_rules
from policies.pack import pulumi_policies
from policies.registry import ResourceRule

FOLDER = Path(policies.__path__[0])
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECONDS = 60
QUEUE = "aws:sqs/queue:Queue"


def first_line(stream: IO[str]) -> str:
    """The stream's first line, or an empty one when none comes in time."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    try:
        return lines.get(timeout=SECONDS)
    except queue.Empty:
        return ""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the pack, started by the engine's own command from the pack's folder."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(folder)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stderr
    try:
        port = first_line(process.stdout).strip()
        if not port.isdigit():
            process.kill()
            pytest.fail(f"the pack announced no port: {process.stderr.read()}")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)
        process.stdout.close()
        process.stderr.close()


@pytest.fixture(scope="module")
def analyzer() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    with served(FOLDER) as address, grpc.insecure_channel(address) as channel:
        grpc.channel_ready_future(channel).result(timeout=SECONDS)
        yield analyzer_pb2_grpc.AnalyzerStub(channel)


def test_each_rule_becomes_one_policy_of_its_kind_and_level() -> None:
    made = {policy.name: policy for policy in pulumi_policies()}
    assert made.keys() == {rule.name for rule in all_rules()}
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
    assert {policy.name: policy.remediation_steps for policy in info.policies} == {
        rule.name: rule.remedy for rule in all_rules()
    }
    assert {policy.enforcementLevel for policy in info.policies} == {analyzer_pb2.MANDATORY}


def test_a_resource_is_refused_with_reason_and_remedy(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
    found = analyzed(analyzer, QUEUE, sqsManagedSseEnabled=False)
    assert found.keys() == {"sqs-encrypted"}
    said = found["sqs-encrypted"].message
    (rule,) = (rule for rule in all_rules() if rule.name == "sqs-encrypted")
    assert said == f"{rule.why}\nqueue 'it' states no encryption. To fix it: {rule.remedy}"


def test_options_reach_the_rules(analyzer: analyzer_pb2_grpc.AnalyzerStub) -> None:
    protected = analyzer_pb2.AnalyzerResourceOptions(protect=True)
    assert analyzed(analyzer, "aws:kms/key:Key").keys() == {"data-protected"}
    assert analyzed(analyzer, "aws:kms/key:Key", protected) == {}


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
    assert found.keys() == {"payload-expiry-30d", "s3-kms", "s3-public-access-block", "s3-tls-only"}
    assert found["payload-expiry-30d"].urn == f"urn:{lifecycle}"
    assert "for 31 days" in found["payload-expiry-30d"].message
    assert found["s3-kms"].urn == f"urn:{bucket}"

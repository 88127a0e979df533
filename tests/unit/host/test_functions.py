"""Functions, schedules and tables in the emulator: made, found again, changed, looked at and removed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.rpc import _special_archive_sig, _special_asset_sig, _special_sig_key

from local.host import Cloud
from local.host.assets import hashed, zipped
from local.host.difference import difference
from local.host.emulator import Emulator
from local.host.errors import ResourceError
from local.host.model import Resource
from local.host.realiser import Realiser
from local.host.shapes.shape import Place

Aws = Callable[[str], Any]

FUNCTION, INVOKING = "aws:lambda/function:Function", "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
GROUP, SCHEDULE = "aws:scheduler/scheduleGroup:ScheduleGroup", "aws:scheduler/schedule:Schedule"
TABLE = "aws:dynamodb/table:Table"
ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/clock"
DLQ = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:clock-dlq"
ARN = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:clock"
TICK = "import os\ndef tick(event, context):\n    return {'told': os.environ['MODE'], 'by': 'one'}\n"


@pytest.fixture(scope="module")
def realiser(emulator_url: str) -> Realiser:
    cloud = Cloud(emulator_url, "/run/database", 5432, "http://127.0.0.1:8080")
    return Realiser(cloud, Emulator(emulator_url, Place(ACCOUNT, "eu-west-1"), None))


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "clock.py"
    path.write_text(TICK, encoding="utf-8")
    return path


@pytest.fixture
def made(realiser: Realiser, code: Path, aws: Aws) -> Iterator[Callable[[Resource], Resource]]:
    """Makes resources and takes away what was made."""
    aws("sqs").create_queue(QueueName="clock-dlq")
    all_made: list[Resource] = []

    def make(declared: Resource) -> Resource:
        answer = realiser.make(declared)
        resource = replace(declared, id=answer.id, outputs={**declared.inputs, **answer.outputs})
        all_made.append(resource)
        return resource

    yield make
    for resource in reversed(all_made):
        realiser.remove(resource)


def declared(kind: str, name: str, inputs: dict[str, Any]) -> Resource:
    return Resource(f"urn:pulumi:eu::shop::{kind}::{name}", kind, name, hashed(inputs))


def function(code: Path, **changed: Any) -> Resource:
    file = {_special_sig_key: _special_asset_sig, "path": str(code)}
    inputs: dict[str, Any] = {
        "name": "clock",
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "code": {_special_sig_key: _special_archive_sig, "assets": {"clock.py": file}},
        "handler": "clock.tick",
        "role": ROLE,
        "memorySize": 128,
        "timeout": 10,
        "reservedConcurrentExecutions": 1,
        "environment": {"variables": {"MODE": "observe", "camelCase": "kept"}},
        "deadLetterConfig": {"targetArn": DLQ},
        "loggingConfig": {"logFormat": "JSON", "logGroup": "/aws/lambda/clock"},
        "tags": {"owner": "a-team"},
    }
    return declared(FUNCTION, "clock", inputs | changed)


def schedule(**changed: Any) -> Resource:
    target = {"arn": ARN, "roleArn": ROLE, "retryPolicy": {"maximumRetryAttempts": 2}, "deadLetterConfig": {"arn": DLQ}}
    inputs: dict[str, Any] = {
        "name": "clock",
        "groupName": "clock",
        "scheduleExpression": "rate(5 minutes)",
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": target,
    }
    return declared(SCHEDULE, "clock", inputs | changed)


def table(**changed: Any) -> Resource:
    inputs: dict[str, Any] = {
        "name": "leases",
        "billingMode": "PAY_PER_REQUEST",
        "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
        "hashKey": "pk",
        "rangeKey": "sk",
        "ttl": {"attributeName": "expires", "enabled": True},
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"},
        "deletionProtectionEnabled": True,
    }
    return declared(TABLE, "leases", inputs | changed)


def told(aws: Aws) -> Any:
    answer = aws("lambda").invoke(FunctionName="clock")
    assert "FunctionError" not in answer
    return json.load(answer["Payload"])


def test_a_function_runs_and_runs_its_new_code_and_settings(
    made: Callable[..., Resource], code: Path, aws: Aws
) -> None:
    first = made(function(code))
    assert told(aws) == {"told": "observe", "by": "one"}
    assert made(function(code)).outputs == first.outputs

    code.write_text(TICK.replace("one", "two"), encoding="utf-8")
    changed = function(code, environment={"variables": {"MODE": "act"}})
    assert difference(FUNCTION, first.inputs, changed.inputs).changed == ("code", "environment")
    assert not difference(FUNCTION, first.inputs, changed.inputs).replacing
    assert made(changed).outputs["codeSha256"] != first.outputs["codeSha256"]
    assert told(aws) == {"told": "act", "by": "two"}


def test_the_same_code_elsewhere_is_no_change(code: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(TICK, encoding="utf-8")
    assert difference(FUNCTION, function(code).inputs, function(other).inputs).changed == ()


def test_a_function_is_as_it_was_declared_until_somebody_changes_it(
    made: Callable[..., Resource], realiser: Realiser, code: Path, aws: Aws
) -> None:
    known = made(function(code))
    assert realiser.look_at(known) == known
    functions = aws("lambda")
    functions.update_function_configuration(FunctionName="clock", Timeout=99)
    functions.put_function_concurrency(FunctionName="clock", ReservedConcurrentExecutions=7)
    seen = realiser.look_at(known)
    assert seen is not None
    assert difference(FUNCTION, known.inputs, seen.inputs).changed == ("reservedConcurrentExecutions", "timeout")

    functions.update_function_code(FunctionName="clock", ZipFile=_other_code())
    seen = realiser.look_at(known)
    assert seen is not None
    assert "code" in difference(FUNCTION, known.inputs, seen.inputs).changed
    made(function(code))
    assert realiser.look_at(known) == known
    assert told(aws)["by"] == "one"


def _other_code() -> bytes:
    file = {_special_sig_key: _special_asset_sig, "text": TICK.replace("one", "nobody")}
    return zipped({"assets": {"clock.py": file}})


def test_a_property_that_nothing_would_heed_is_refused(made: Callable[..., Resource], code: Path) -> None:
    with pytest.raises(ResourceError, match="'vpcConfig' is not known"):
        made(function(code, vpcConfig={"subnetIds": []}))
    with pytest.raises(ResourceError, match="'replicas' is not known"):
        made(table(replicas=[{"regionName": "eu-west-1"}]))


def test_how_often_a_function_is_called_again(made: Callable[..., Resource], realiser: Realiser, code: Path) -> None:
    made(function(code))
    settings = {"functionName": "clock", "maximumRetryAttempts": 0, "maximumEventAgeInSeconds": 300}
    known = made(declared(INVOKING, "clock", settings))
    assert realiser.look_at(known) == known
    made(declared(INVOKING, "clock", settings | {"maximumRetryAttempts": 2}))
    seen = realiser.look_at(known)
    assert seen is not None
    assert seen.inputs["maximumRetryAttempts"] == 2


def test_a_schedule_is_changed_whole_and_is_gone_with_its_group(
    made: Callable[..., Resource], realiser: Realiser, aws: Aws
) -> None:
    group = made(declared(GROUP, "clock", {"name": "clock", "tags": {"owner": "a-team"}}))
    known = made(schedule())
    assert realiser.look_at(known) == known
    found = aws("scheduler").get_schedule(Name="clock", GroupName="clock")
    assert found["Target"]["DeadLetterConfig"] == {"Arn": DLQ}

    made(schedule(scheduleExpression="rate(1 minute)"))
    seen = realiser.look_at(known)
    assert seen is not None
    assert difference(SCHEDULE, known.inputs, seen.inputs).changed == ("scheduleExpression",)
    assert seen.inputs["scheduleExpression"] == "rate(1 minute)"
    moved = difference(SCHEDULE, known.inputs, schedule(groupName="other").inputs)
    assert moved.replacing == ("groupName",)

    realiser.remove(group)
    assert realiser.look_at(known) is None
    assert realiser.look_at(group) is None


def test_a_table_is_kept_by_its_protection_until_the_engine_takes_it(
    made: Callable[..., Resource], realiser: Realiser, aws: Aws
) -> None:
    known = made(table())
    assert realiser.look_at(known) == known
    dynamodb = aws("dynamodb")
    with pytest.raises(dynamodb.exceptions.ClientError, match="deletion protection"):
        dynamodb.delete_table(TableName="leases")
    backups = dynamodb.describe_continuous_backups(TableName="leases")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"

    dynamodb.put_item(TableName="leases", Item={"pk": {"S": "sun"}, "sk": {"S": "lease"}})
    dynamodb.update_table(TableName="leases", DeletionProtectionEnabled=False)
    seen = realiser.look_at(known)
    assert seen is not None
    assert difference(TABLE, known.inputs, seen.inputs).changed == ("deletionProtectionEnabled",)
    made(table())
    assert realiser.look_at(known) == known
    assert dynamodb.scan(TableName="leases")["Count"] == 1
    assert difference(TABLE, known.inputs, table(rangeKey="other").inputs).replacing == ("rangeKey",)

    realiser.remove(known)
    assert realiser.look_at(known) is None

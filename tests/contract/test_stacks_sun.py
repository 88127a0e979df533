"""The controller that follows the sun: what it may do, what it is told, and that it can only be one at a time."""

import json
import re
from typing import Any

import pytest

from infra.lock_table import EXPIRY, PARTITION_KEY, SORT_KEY
from local.host import Model, Resource, capture
from services.sun.control import items
from services.sun.settings import Mode, read
from tests.support.stacks import STACKS, WORLDWIDE, model_of, only, place_of, statements

FUNCTION, SCHEDULE = "aws:lambda/function:Function", "aws:scheduler/schedule:Schedule"
TABLE, ROLE, POLICY = "aws:dynamodb/table:Table", "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def named(model: Model, token: str, name: str) -> Resource:
    (found,) = (one for one in model.of_type(token) if one.inputs["name"] == name)
    return found


def rights(model: Model, name: str) -> dict[str, dict[str, Any]]:
    """The statements of the role's one policy, by their names."""
    policy = named(model, POLICY, name)
    assert policy.inputs["role"] == name
    return {one["Sid"]: one for one in statements(policy.inputs["policy"])}


def environment(model: Model) -> dict[str, str]:
    variables: dict[str, str] = only(model, FUNCTION).inputs["environment"]["variables"]
    return variables


def test_the_controller_reads_all_that_it_is_told(model: Model) -> None:
    told = read(environment(model))
    shared = model_of(WORLDWIDE)
    assert told.region.name == model.stack
    assert told.region.aws_region == place_of(model).region
    assert [region.name for region in told.regions] == STACKS
    assert told.mode is Mode.OBSERVE
    assert (told.table, told.table_region) == (only(shared, TABLE).id, place_of(shared).region)
    assert told.zone_id == shared.outputs["zoneId"]
    assert told.record_name == shared.outputs["apiDomain"]
    assert told.global_cluster == shared.outputs["globalCluster"]
    assert told.page_topic == named(model, "aws:sns/topic:Topic", f"cloud-sales-{model.stack}-sun-page").outputs["arn"]


def test_its_records_are_those_that_the_regions_have(model: Model) -> None:
    told = environment(model)
    weighted = [one.inputs for one in model.of_type("aws:route53/record:Record") if "setIdentifier" in one.inputs]
    assert {(one["zoneId"], one["name"]) for one in weighted} == {(told["SUN_ZONE_ID"], told["SUN_RECORD_NAME"])}
    change = rights(model, f"cloud-sales-{model.stack}-sun")["WeighRegions"]
    allowed = {
        key.rpartition("RecordSets")[2]: value for key, value in next(iter(change["Condition"].values())).items()
    }
    assert allowed == {
        "NormalizedRecordNames": [told["SUN_RECORD_NAME"]],
        "RecordTypes": sorted({one["type"] for one in weighted}),
        "Actions": ["UPSERT"],
    }
    assert change["Resource"] == [f"arn:aws:route53:::hostedzone/{told['SUN_ZONE_ID']}"]


def test_it_may_do_what_it_does_and_nothing_else(model: Model) -> None:
    by_service: dict[str, set[str]] = {}
    for statement in rights(model, f"cloud-sales-{model.stack}-sun").values():
        for action in statement["Action"]:
            service, _, name = action.partition(":")
            by_service.setdefault(service, set()).add(name)
    assert by_service == {
        "cloudwatch": {"GetMetricStatistics"},
        "dynamodb": {"ConditionCheckItem", "DeleteItem", "PutItem", "Query", "UpdateItem"},
        "kms": {"Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"},
        "logs": {"CreateLogStream", "PutLogEvents"},
        "rds": {"DescribeDBClusters", "DescribeGlobalClusters", "FailoverGlobalCluster", "SwitchoverGlobalCluster"},
        "rds-data": {"ExecuteStatement"},
        "route53": {"ChangeResourceRecordSets", "GetHealthCheckStatus", "ListResourceRecordSets"},
        "secretsmanager": {"GetSecretValue"},
        "sns": {"Publish"},
        "sqs": {"SendMessage"},
    }


def test_it_reaches_every_region_s_member_of_the_database_and_no_other_cluster(model: Model) -> None:
    granted = rights(model, f"cloud-sales-{model.stack}-sun")
    account = place_of(model).account
    whole = f"arn:aws:rds::{account}:global-cluster:{environment(model)['SUN_GLOBAL_CLUSTER']}"
    (members,) = granted["SeeMembers"]["Resource"]
    assert granted["MoveWriter"]["Resource"] == [whole, members]
    assert granted["TellWriter"]["Resource"] == [members]
    pattern = re.compile(re.escape(members).replace(r"\*", "[^:]*"))
    for stack in STACKS:
        (cluster,) = model_of(stack).of_type("aws:rds/cluster:Cluster")
        assert pattern.fullmatch(cluster.outputs["arn"])
        assert cluster.inputs["enableHttpEndpoint"] is True
    assert not pattern.fullmatch(f"arn:aws:rds:eu-west-1:{account}:cluster:another")


def test_keys_are_used_through_their_services_alone(model: Model) -> None:
    granted = rights(model, f"cloud-sales-{model.stack}-sun")
    home = place_of(model_of(WORLDWIDE)).region
    through = {
        sid: next(iter(one["Condition"].values())) for sid, one in granted.items() if one["Action"][0].startswith("kms")
    }
    assert through == {
        "DecryptLogin": {"kms:ViaService": "secretsmanager.*.amazonaws.com"},
        "EncryptPages": {"kms:ViaService": f"sns.{place_of(model).region}.amazonaws.com"},
        "ReadAndWriteUnderKey": {"kms:ViaService": f"dynamodb.{home}.amazonaws.com"},
    }


def test_only_its_own_clock_calls_it_and_one_call_runs_at_a_time(model: Model) -> None:
    name, account = f"cloud-sales-{model.stack}-sun", place_of(model).account
    function, schedule = only(model, FUNCTION), only(model, SCHEDULE)
    assert function.inputs["reservedConcurrentExecutions"] == 1
    assert schedule.inputs["scheduleExpression"] == "rate(5 minutes)"
    assert schedule.inputs["flexibleTimeWindow"] == {"mode": "OFF"}
    target = schedule.inputs["target"]
    assert target["arn"] == function.outputs["arn"]
    (trust,) = statements(named(model, ROLE, f"{name}-schedule").inputs["assumeRolePolicy"])
    assert trust["Condition"]["StringEquals"] == {
        "aws:SourceAccount": account,
        "aws:SourceArn": f"arn:aws:scheduler:{place_of(model).region}:{account}:schedule-group/{name}",
    }
    assert rights(model, f"{name}-schedule")["CallFunction"]["Resource"] == [function.outputs["arn"]]
    # A call ends before the next is due, and one that failed or came late is not made again.
    assert function.inputs["timeout"] < 300
    invoking = only(model, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").inputs
    assert (invoking["maximumRetryAttempts"], invoking["maximumEventAgeInSeconds"]) == (0, 300)


def test_what_it_could_not_do_is_kept_and_its_log_forgets(model: Model) -> None:
    function = only(model, FUNCTION).inputs
    queue = named(model, "aws:sqs/queue:Queue", f"{function['name']}-dlq").outputs["arn"]
    assert function["deadLetterConfig"] == {"targetArn": queue}
    assert only(model, SCHEDULE).inputs["target"]["deadLetterConfig"] == {"arn": queue}
    for role in (function["name"], f"{function['name']}-schedule"):
        assert rights(model, role)["KeepDeadLetters"]["Resource"] == [queue]
    group = named(model, "aws:cloudwatch/logGroup:LogGroup", function["loggingConfig"]["logGroup"])
    assert group.inputs["kmsKeyId"]
    assert group.inputs["retentionInDays"] <= 365


def test_the_regions_agree_in_one_table_that_nobody_deletes_by_mistake() -> None:
    table = only(model_of(WORLDWIDE), TABLE)
    assert "replicas" not in table.inputs, "a lease that two copies could give is none"
    assert table.protect
    assert table.inputs["deletionProtectionEnabled"] is table.inputs["pointInTimeRecovery"]["enabled"] is True
    assert table.inputs["serverSideEncryption"]["kmsKeyArn"]
    assert {items.SUN, items.LEASE} == {one["S"] for one in items.key(items.LEASE).values()}
    assert items.key(items.LEASE).keys() == {PARTITION_KEY, SORT_KEY}
    assert table.inputs["ttl"] == {"attributeName": EXPIRY, "enabled": True}


def test_it_acts_when_its_file_says_so() -> None:
    told = capture("eu", {"cloud-sales:sun.mode": "act"})
    assert json.loads(environment(told)["SUN_REGIONS"])
    assert read(environment(told)).mode is Mode.ACT

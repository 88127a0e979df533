"""What is asked of Route 53, RDS, CloudWatch and SNS, and what is made of their answers."""

from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from services.sun.control.book import Page
from services.sun.control.checks import Route53Checks, counted
from services.sun.control.database import GlobalDatabase
from services.sun.control.paging import TopicPager
from services.sun.control.ports import Record, Refused
from services.sun.control.traffic import WeightedRecords
from services.sun.schedule.regions import Health
from tests.support.sun import NOON

ALIAS = {"Type": "A", "AliasTarget": {"HostedZoneId": "Z2", "DNSName": "x.example.", "EvaluateTargetHealth": False}}
TARGET = {"Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "d-1.example"}]}
NAMES = {"eu-west-1": "eu", "ap-southeast-1": "apac"}
TOPIC = "arn:aws:sns:eu-west-1:111122223333:page"


def stubbed(service: str) -> tuple[Any, Stubber]:
    make: Any = boto3.client
    client = make(service, "eu-west-1", aws_access_key_id="test", aws_secret_access_key="test")
    return client, Stubber(client)


def record(region: str, weight: int, rest: dict[str, Any]) -> dict[str, Any]:
    return {"Name": "api.x.example.", "SetIdentifier": region, "Weight": weight, **rest}


def test_a_record_is_replaced_whole_with_nothing_changed_but_its_weight() -> None:
    client, stub = stubbed("route53")
    eu, apac = record("eu", 128, {"HealthCheckId": "c1", **TARGET}), record("apac", 100, ALIAS)
    other = {"Name": "eu.api.x.example.", **TARGET}
    listed = {"ResourceRecordSets": [eu, apac, other], "IsTruncated": False, "MaxItems": "300"}
    stub.add_response("list_resource_record_sets", listed, {"HostedZoneId": "Z1", "StartRecordName": "api.x.example."})
    changed = [{"Action": "UPSERT", "ResourceRecordSet": {**eu, "Weight": 140}}]
    info = {"ChangeInfo": {"Id": "1", "Status": "PENDING", "SubmittedAt": NOON}}
    stub.add_response("change_resource_record_sets", info, {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": changed}})
    with stub:
        traffic = WeightedRecords(client, "Z1", "api.x.example")
        assert traffic.read() == {"eu": Record(128, "c1"), "apac": Record(100, None)}
        traffic.write({"eu": 140, "apac": 100})
        stub.assert_no_pending_responses()
        traffic.write({"eu": 128, "apac": 100})  # as found: nothing more is asked, or the stub would refuse


def seen(status: str, *, ago: int = 10) -> dict[str, Any]:
    return {"StatusReport": {"Status": status, "CheckedTime": NOON - timedelta(seconds=ago)}}


GOOD, BAD = seen("Success: HTTP Status Code 200, OK"), seen("Failure: Connection timed out.")


@pytest.mark.parametrize(
    ("observations", "health"),
    [
        ([GOOD] * 16, Health.HEALTHY),
        ([GOOD] * 3 + [BAD] * 13, Health.HEALTHY),
        ([GOOD] * 2 + [BAD] * 14, Health.UNHEALTHY),
        ([BAD] * 16, Health.UNHEALTHY),
        ([], Health.UNKNOWN),
        ([{}], Health.UNKNOWN),
        ([seen("Failure: long ago", ago=181)] * 16, Health.UNKNOWN),
    ],
)
def test_health_is_what_enough_fresh_checkers_saw(observations: list[dict[str, Any]], health: Health) -> None:
    assert counted(observations, NOON) is health


def test_a_check_that_cannot_be_asked_says_nothing_of_the_region() -> None:
    client, stub = stubbed("route53")
    stub.add_client_error("get_health_check_status", "Throttling", http_status_code=400)
    with stub:
        assert Route53Checks(client).health("c1", NOON) is Health.UNKNOWN
    assert Route53Checks(client).health(None, NOON) is Health.UNKNOWN


def arn(place: str) -> str:
    return f"arn:aws:rds:{place}:111122223333:cluster:sales-{NAMES[place]}"


def described() -> dict[str, Any]:
    members = [
        {"DBClusterArn": arn("ap-southeast-1"), "IsWriter": True},
        {"DBClusterArn": arn("eu-west-1"), "IsWriter": False, "SynchronizationStatus": "pending-resync"},
    ]
    return {"GlobalClusters": [{"Status": "available", "GlobalClusterMembers": members}]}


def database(rds: Any, cloudwatch: Any = None) -> GlobalDatabase:
    clients = {"rds": rds, "cloudwatch": cloudwatch}
    return GlobalDatabase(
        lambda service, _: clients[service], lambda service, _: clients[service], "sales", "eu-west-1", NAMES
    )


def test_a_member_whose_region_does_not_answer_is_unknown() -> None:
    client, stub = stubbed("rds")
    stub.add_response("describe_global_clusters", described(), {"GlobalClusterIdentifier": "sales"})
    stub.add_client_error("describe_db_clusters", "ServiceUnavailable", http_status_code=503)
    instances = [{"DBInstanceIdentifier": "one"}]
    cluster = {"Status": "available", "EngineVersion": "16.8", "DBClusterMembers": instances}
    stub.add_response("describe_db_clusters", {"DBClusters": [cluster]}, {"DBClusterIdentifier": "sales-eu"})
    with stub:
        found = database(client).read()
    assert found is not None
    assert found.writer == "apac"
    assert found.settled
    apac, eu = found.members
    assert (apac.status, apac.synchronised, apac.instances) == ("unknown", True, 0)
    assert (eu.status, eu.engine_version, eu.synchronised, eu.instances) == ("available", "16.8", False, 1)


def test_a_global_cluster_that_cannot_be_read_is_none() -> None:
    client, stub = stubbed("rds")
    stub.add_client_error("describe_global_clusters", "InternalFailure", http_status_code=500)
    with stub:
        assert database(client).read() is None


def test_a_glance_asks_once_and_knows_who_writes() -> None:
    client, stub = stubbed("rds")
    stub.add_response("describe_global_clusters", described(), {"GlobalClusterIdentifier": "sales"})
    with stub:
        found = database(client).glance()
    assert found is not None
    assert (found.writer, found.settled) == ("apac", True)
    assert {member.status for member in found.members} == {"unknown"}


def known(stub: Stubber) -> None:
    stub.add_response("describe_global_clusters", described())
    for _ in NAMES:
        stub.add_client_error("describe_db_clusters", "ServiceUnavailable", http_status_code=503)


@pytest.mark.parametrize(("status", "refused"), [(400, True), (503, False)])
def test_only_a_client_error_is_a_refusal(status: int, refused: bool) -> None:
    client, stub = stubbed("rds")
    known(stub)
    asked = {"GlobalClusterIdentifier": "sales", "TargetDbClusterIdentifier": arn("eu-west-1")}
    stub.add_client_error("switchover_global_cluster", "Fault", http_status_code=status, expected_params=asked)
    with stub:
        aurora = database(client)
        aurora.read()
        if refused:
            with pytest.raises(Refused):
                aurora.switch("apac", "eu")
        else:
            aurora.switch("apac", "eu")


def test_a_region_is_given_up_where_the_other_one_is_and_by_who_does_not_ask_again() -> None:
    client, stub = stubbed("rds")
    known(stub)
    asked = {
        "GlobalClusterIdentifier": "sales",
        "TargetDbClusterIdentifier": arn("eu-west-1"),
        "AllowDataLoss": True,
    }
    stub.add_response("failover_global_cluster", {}, asked)
    regions: list[str] = []

    def single(_: str, region: str) -> Any:
        regions.append(region)
        return client

    with stub:
        aurora = GlobalDatabase(lambda _, __: client, single, "sales", "ap-southeast-1", NAMES)
        aurora.read()
        aurora.give_up("apac", "eu")
        stub.assert_no_pending_responses()
    assert regions == ["eu-west-1"]


@pytest.mark.parametrize(("points", "lag"), [([120.0, 2400.0], timedelta(seconds=2.4)), ([], None)])
def test_the_lag_is_the_worst_of_five_minutes(points: list[float], lag: timedelta | None) -> None:
    rds, stub = stubbed("rds")
    known(stub)
    cloudwatch, metrics = stubbed("cloudwatch")
    asked = {
        "Namespace": "AWS/RDS",
        "MetricName": "AuroraGlobalDBReplicationLag",
        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": "sales-eu"}],
        "StartTime": NOON - timedelta(minutes=5),
        "EndTime": NOON,
        "Period": 60,
        "Statistics": ["Maximum"],
    }
    answer = {"Datapoints": [{"Maximum": point} for point in points]}
    metrics.add_response("get_metric_statistics", answer, asked)
    with stub, metrics:
        aurora = database(rds, cloudwatch)
        assert aurora.lag("eu", NOON) is None, "who was never seen has none"
        aurora.read()
        assert aurora.lag("eu", NOON) == lag


def test_a_page_is_taken_or_not() -> None:
    client, stub = stubbed("sns")
    stub.add_response("publish", {"MessageId": "1"}, {"TopicArn": TOPIC, "Subject": "x" * 100, "Message": "text"})
    stub.add_client_error("publish", "InternalError", http_status_code=500)
    with stub:
        pager = TopicPager(client, TOPIC)
        assert pager.send(Page("1", "x" * 120, "text"))
        assert not pager.send(Page("1", "x", "text"))

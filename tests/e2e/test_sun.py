"""The controller that follows the sun, in the emulator: its clock calls it, and what it saw stands in the table."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from tests.support.platform import Platform

pytestmark = pytest.mark.e2e

CALLED_SECONDS = 60
HEALTHY_SECONDS = 60
"""Three answers of the edge, ten seconds apart, and what was found before it was up."""


class Cloud:
    """The emulator behind the platform."""

    def __init__(self, platform: Platform) -> None:
        self._session: Any = boto3.Session("local", "local")
        self._endpoint = platform.shop.emulator
        (function,) = (one for one in platform.model["resources"] if one["type"] == "aws:lambda/function:Function")
        self.function = str(function["id"])
        self.told: dict[str, str] = function["inputs"]["environment"]["variables"]
        self.region = str(function["outputs"]["arn"]).split(":")[3]

    def client(self, service: str, region: str | None = None) -> Any:
        return self._session.client(service, region_name=region or self.region, endpoint_url=self._endpoint)

    def trail(self) -> list[dict[str, Any]]:
        """What the table says was done, in its order."""
        table = self.client("dynamodb", self.told["SUN_TABLE_REGION"])
        items = table.scan(TableName=self.told["SUN_TABLE"], ConsistentRead=True)["Items"]
        lines = [item for item in items if item["pk"]["S"].startswith("audit#")]
        return [json.loads(item["detail"]["S"]) for item in sorted(lines, key=lambda item: str(item["sk"]["S"]))]


@pytest.fixture(scope="module")
def cloud(platform: Platform) -> Cloud:
    return Cloud(platform)


def test_a_call_leaves_its_trace_in_the_table_of_all_regions(cloud: Cloud) -> None:
    before = len(cloud.trail())
    answer = cloud.client("lambda").invoke(FunctionName=cloud.function)
    told = json.load(answer["Payload"])
    assert "FunctionError" not in answer, told
    assert told["acted"], told
    lines = cloud.trail()[before:]
    assert lines, "its clock may have added another, and none is taken away"
    for line in lines:
        assert line["writer"] == cloud.told["REGION_NAME"]
        assert line["weights"].keys() == {cloud.told["REGION_NAME"]}


def test_it_sees_that_the_region_answers_and_that_its_database_is_the_one_that_writes(cloud: Cloud) -> None:
    """Both are looked at, and not made up: by the health check at the edge, and by PostgreSQL's own word."""
    lines: list[dict[str, Any]] = []

    def healthy() -> bool:
        cloud.client("lambda").invoke(FunctionName=cloud.function)
        lines.append(cloud.trail()[-1])
        return bool(lines[-1]["health"] == {cloud.told["REGION_NAME"]: "healthy"})

    end = time.monotonic() + HEALTHY_SECONDS
    while not healthy() and time.monotonic() < end:
        time.sleep(2)
    assert lines[-1]["health"] == {cloud.told["REGION_NAME"]: "healthy"}
    (whole,) = cloud.client("rds").describe_global_clusters()["GlobalClusters"]
    (member,) = whole["GlobalClusterMembers"]
    assert (member["IsWriter"], member["SynchronizationStatus"]) == (True, "connected")
    (found,) = cloud.client("rds").describe_db_clusters(DBClusterIdentifier=member["DBClusterArn"])["DBClusters"]
    assert (found["Status"], len(found["DBClusterMembers"])) == ("available", 2)


def test_its_clock_calls_it_as_its_own_role_would(cloud: Cloud) -> None:
    """By a call that is due at once beside the one every five minutes: the same target, in the same group."""
    scheduler, before = cloud.client("scheduler"), len(cloud.trail())
    clock = scheduler.get_schedule(Name=cloud.function, GroupName=cloud.function)
    assert (clock["State"], clock["ScheduleExpression"]) == ("ENABLED", "rate(5 minutes)")
    scheduler.create_schedule(
        Name="now",
        GroupName=cloud.function,
        ScheduleExpression=f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow=clock["FlexibleTimeWindow"],
        Target=clock["Target"],
    )
    end = time.monotonic() + CALLED_SECONDS
    while len(cloud.trail()) == before and time.monotonic() < end:
        time.sleep(0.5)
    scheduler.delete_schedule(Name="now", GroupName=cloud.function)
    assert len(cloud.trail()) > before


def test_a_mode_that_only_observes_leaves_the_records_alone(cloud: Cloud) -> None:
    assert cloud.told["SUN_MODE"] == "observe"
    records = cloud.client("route53").list_resource_record_sets(HostedZoneId=cloud.told["SUN_ZONE_ID"])
    weights = {one["SetIdentifier"]: one["Weight"] for one in records["ResourceRecordSets"] if "Weight" in one}
    assert weights == {cloud.told["REGION_NAME"]: 128}

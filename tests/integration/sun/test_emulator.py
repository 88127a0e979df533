"""The whole controller against the emulator: its table, its records, and a writer that really moves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from services.sun.control.controller import Controller
from services.sun.function import world
from services.sun.settings import read
from tests.support.emulator import running_emulator
from tests.support.global_database import Anybody
from tests.support.sun import NOON, REGIONS, ROOM, Clock, Doctor, create_table
from tests.unit.sun.test_settings import GOOD

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[str]:
    with running_emulator(tmp_path) as url:
        yield url


@pytest.fixture
def settings(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a region's function, in an account that has what both share."""
    told = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    create_table(client("dynamodb", GOOD["SUN_TABLE_REGION"]), GOOD["SUN_TABLE"])
    make_global_cluster()
    return {**GOOD, "SUN_MODE": "act", "SUN_ZONE_ID": make_records()}


def client(service: str, region: str) -> Any:
    make: Any = boto3.client
    return make(service, region_name=region)


def make_records() -> str:
    dns = client("route53", "us-east-1")
    zone = str(dns.create_hosted_zone(Name="cloud-sales.example", CallerReference="1")["HostedZone"]["Id"])
    for region in REGIONS:
        asked = {"Type": "HTTPS", "FullyQualifiedDomainName": f"{region.name}.api.cloud-sales.example", "Port": 443}
        check = dns.create_health_check(CallerReference=region.name, HealthCheckConfig=asked)["HealthCheck"]["Id"]
        record = {
            "Name": "api.cloud-sales.example",
            "Type": "CNAME",
            "TTL": 60,
            "ResourceRecords": [{"Value": f"d-{region.name}.example"}],
            "SetIdentifier": region.name,
            "Weight": 128,
            "HealthCheckId": check,
        }
        changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
        dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return zone.rpartition("/")[2]


def make_global_cluster() -> None:
    engine = {"Engine": "aurora-postgresql", "EngineVersion": "16.8"}
    name = GOOD["SUN_GLOBAL_CLUSTER"]
    client("rds", "eu-north-1").create_global_cluster(GlobalClusterIdentifier=name, **engine)
    for region in reversed(REGIONS):  # the first member writes
        rds = client("rds", region.aws_region)
        cluster = f"{name}-{region.name}"
        rds.create_db_cluster(DBClusterIdentifier=cluster, GlobalClusterIdentifier=name, **engine)
        instance = {"DBInstanceIdentifier": f"{cluster}-0", "DBInstanceClass": "db.r8g.large"}
        rds.create_db_instance(DBClusterIdentifier=cluster, Engine=engine["Engine"], **instance)


def records(zone: str) -> dict[str, dict[str, Any]]:
    listed = client("route53", "us-east-1").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return {record["SetIdentifier"]: record for record in listed if "SetIdentifier" in record}


def test_two_controllers_follow_the_sun_for_a_day(settings: dict[str, str]) -> None:
    clock, before, row = Clock(), records(settings["SUN_ZONE_ID"]), Anybody()
    controllers = [
        Controller(
            # The emulator has no status of health checks, and no database behind its clusters.
            replace(
                world(read({**settings, "REGION_NAME": region.name})),
                checks=Doctor(),
                admission=row,
                clock=lambda: clock.now,
                sleep=clock.sleep,
            ),
            REGIONS,
            acts=True,
        )
        for region in REGIONS
    ]
    moved = []
    while clock.now < NOON + DAY:
        acted = [outcome for outcome in (one.tick(clock.now + ROOM) for one in controllers) if outcome.acted]
        assert len(acted) <= 1
        moved += [(outcome.reason, clock.now) for outcome in acted if outcome.reason.endswith(" writes")]
        clock.now += QUARTER
    assert [reason for reason, _ in moved] == ["eu writes", "apac writes", "eu writes"]
    after = records(settings["SUN_ZONE_ID"])
    assert (row.state.epoch, row.state.region) == (4, "eu")
    assert after["eu"]["Weight"] > 200
    assert after["apac"]["Weight"] < 50
    for name, record in after.items():
        assert {**record, "Weight": 128} == before[name], "nothing of a record changes but its weight"


def test_without_the_status_of_health_checks_nothing_is_switched(settings: dict[str, str]) -> None:
    clock = Clock()
    told = replace(world(read(settings)), admission=Anybody(), clock=lambda: clock.now, sleep=clock.sleep)
    controller = Controller(told, REGIONS, acts=True)
    reasons = []
    for _ in range(12):
        reasons.append(controller.tick(clock.now + ROOM).reason)
        clock.now += 2 * QUARTER
    assert any("the health of eu is unknown" in reason for reason in reasons)
    found = client("rds", "eu-west-1").describe_global_clusters()["GlobalClusters"][0]["GlobalClusterMembers"]
    assert [member["DBClusterArn"].split(":")[3] for member in found if member["IsWriter"]] == ["ap-southeast-1"]

"""Zones, records and health checks are found again, brought up to date but for the weights, and removed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.host import Cloud, realise
from tests.unit.host.conftest import SHOP

Aws = Callable[[str], Any]


def records(aws: Aws) -> dict[str, dict[str, Any]]:
    dns = aws("route53")
    zones = {zone["Name"]: zone["Id"] for zone in dns.list_hosted_zones()["HostedZones"]}
    listed = dns.list_resource_record_sets(HostedZoneId=zones["shop.example."])["ResourceRecordSets"]
    return {one["Name"]: one for one in listed}


def test_what_is_known_by_its_name_is_made_once_and_kept_up_to_date(cloud: Cloud, aws: Aws, tmp_path: Path) -> None:
    state = tmp_path / "model.json"
    first = realise("eu", {"shop:extra": "names"}, cloud, state, SHOP)
    assert records(aws)["www.shop.example."]["Weight"] == 10

    second = realise("eu", {"shop:extra": "names-changed"}, cloud, state, SHOP)

    kept = {"aws:route53/zone:Zone", "aws:route53/healthCheck:HealthCheck", "aws:route53/record:Record"}
    assert {one.id for one in first if one.type in kept} == {one.id for one in second if one.type in kept}
    found = records(aws)
    # The weight is somebody else's once the record exists; what is beside it is not.
    assert found["www.shop.example."]["Weight"] == 10
    assert found["_proof.shop.example."]["ResourceRecords"] == [{"Value": '"weight-20"'}]
    (check,) = second.of_type("aws:route53/healthCheck:HealthCheck")
    assert found["www.shop.example."]["HealthCheckId"] == check.id

    realise("eu", None, cloud, state, SHOP)
    assert "shop.example." not in {zone["Name"] for zone in aws("route53").list_hosted_zones()["HostedZones"]}
    assert check.id not in {left["Id"] for left in aws("route53").list_health_checks()["HealthChecks"]}

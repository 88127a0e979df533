"""Two regions come up in one emulator: side by side what is each one's own, together what all share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.host import Cloud, Model, realise
from tests.support.emulator import running_emulator

Aws = Callable[..., Any]
REGIONS = {"eu": ("eu-west-1", "http://127.0.0.1:8080"), "apac": ("ap-southeast-1", "http://127.0.0.1:8081")}


@pytest.fixture(scope="module")
def emulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One of its own: others look for what one region alone has made."""
    with running_emulator(tmp_path_factory.mktemp("emulator")) as url:
        yield url


@pytest.fixture(scope="module")
def regions(emulator_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Model]:
    state = tmp_path_factory.mktemp("two")
    return {
        name: realise(name, None, Cloud(emulator_url, "/run/database", 5432, edge), state / f"{name}.json")
        for name, (_, edge) in REGIONS.items()
    }


def test_both_have_records_of_one_name_each_with_a_check_of_its_own(regions: dict[str, Model], aws: Aws) -> None:
    (zone,) = (z for z in aws("route53").list_hosted_zones()["HostedZones"] if z["Name"] == "cloud-sales.example.")
    listed = aws("route53").list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    weighted = {one["SetIdentifier"]: one for one in listed if "Weight" in one}
    assert weighted.keys() == regions.keys()
    assert len({one["Name"] for one in weighted.values()}) == 1
    assert len({one["HealthCheckId"] for one in weighted.values()}) == len(regions)


def test_both_are_members_of_one_database_and_the_first_writes(regions: dict[str, Model], aws: Aws) -> None:
    assert len({model.outputs["databaseEndpoint"] for model in regions.values()}) == 1
    (whole,) = aws("rds").describe_global_clusters()["GlobalClusters"]
    writes = {member["DBClusterArn"].split(":")[3]: member["IsWriter"] for member in whole["GlobalClusterMembers"]}
    assert writes == {"eu-west-1": True, "ap-southeast-1": False}


def test_both_share_the_user_pool_and_no_queue_and_no_bucket(regions: dict[str, Model]) -> None:
    eu, apac = (regions[name].outputs for name in REGIONS)
    assert eu["userPoolId"] == apac["userPoolId"]
    assert not set(eu["queueUrls"].values()) & set(apac["queueUrls"].values())
    assert eu["payloadBucket"] != apac["payloadBucket"]

"""What the follower makes of a Route 53 that says something, something else, or nothing."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local.front.follower import Follower
from local.front.resolution import Record
from local.front.zone import SharedName, Zone

REGIONS = ("eu", "apac")
BOTH = [Record("eu", 192, well=True), Record("apac", 64, well=None)]


class Answers:
    """Gives what it holds, or raises it."""

    def __init__(self, now: list[Record] | Exception) -> None:
        self.now = now

    def __call__(self) -> list[Record]:
        if isinstance(self.now, Exception):
            raise self.now
        return self.now


def weights(routes: Path) -> dict[str, int]:
    (resource,) = json.loads(routes.read_text())["resources"]
    route = resource["virtual_hosts"][0]["routes"][0].get("route", {})
    return {each["name"]: each["weight"] for each in route.get("weighted_clusters", {}).get("clusters", [])}


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    return tmp_path / "front" / "routes.json"


def test_the_shares_are_written_and_replaced(routes: Path) -> None:
    answers = Answers(BOTH)
    follower = Follower(answers, REGIONS, routes)
    follower.follow()
    assert weights(routes) == {"eu": 192, "apac": 64}
    answers.now = [Record("eu", 192, well=False), Record("apac", 64, well=True)]
    follower.follow()
    assert weights(routes) == {"apac": 64}


def test_what_has_not_changed_is_not_written(routes: Path) -> None:
    answers = Answers(BOTH)
    Follower(answers, REGIONS, routes).follow()
    before = routes.stat().st_ino
    answers.now = BOTH[::-1]
    Follower(answers, REGIONS, routes).follow()
    assert routes.stat().st_ino == before


@pytest.mark.parametrize(
    "silence",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ClientError({"Error": {"Code": "NoSuchHostedZone", "Message": ""}}, "ListResourceRecordSets"),
    ],
)
def test_what_was_known_stays_and_is_complained_of_once(
    routes: Path, silence: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    answers = Answers(BOTH)
    follower = Follower(answers, REGIONS, routes)
    follower.follow()
    before = routes.read_text()
    answers.now = silence
    for _ in range(3):
        follower.follow()
    assert routes.read_text() == before
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_name_without_records_leads_nowhere(routes: Path) -> None:
    answers = Answers(BOTH)
    follower = Follower(answers, REGIONS, routes)
    follower.follow()
    answers.now = []
    follower.follow()
    assert weights(routes) == {}


def test_a_region_without_an_edge_has_no_share(routes: Path, caplog: pytest.LogCaptureFixture) -> None:
    follower = Follower(Answers([*BOTH, Record("us", 255, well=None)]), REGIONS, routes)
    for _ in range(2):
        follower.follow()
    assert weights(routes) == {"eu": 192, "apac": 64}
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "without an edge, and left out: us"
    ]


class Route53:
    """One page of records, and the status of checks."""

    def __init__(self, records: list[dict[str, Any]], status: Callable[[str], dict[str, Any]]) -> None:
        self._records, self._status = records, status

    def list_resource_record_sets(self, **asked: str) -> dict[str, Any]:
        assert asked == {"HostedZoneId": "Z1", "StartRecordName": "api.shop.example."}
        return {"ResourceRecordSets": self._records, "IsTruncated": False}

    def get_health_check_status(self, HealthCheckId: str) -> dict[str, Any]:  # noqa: N803 (AWS's name)
        return self._status(HealthCheckId)


def record(region: str, name: str = "api.shop.example.", kind: str = "CNAME", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "SetIdentifier": region, "Weight": 128, **more}


def refused(code: str) -> Callable[[str], dict[str, Any]]:
    def status(_: str) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": code, "Message": ""}}, "GetHealthCheckStatus")

    return status


def zone(records: list[dict[str, Any]], status: Callable[[str], dict[str, Any]]) -> Zone:
    return Zone(Route53(records, status), SharedName("Z1", "api.shop.example"))


def test_only_weighted_records_of_the_name_itself_count() -> None:
    listed = [
        record("eu"),
        record("eu", kind="AAAA", Weight=1),
        {"Name": "api.shop.example.", "Type": "TXT"},
        record("us", name="eu.api.shop.example."),
    ]
    assert zone(listed, refused("AccessDenied")).records() == (Record("eu", 128, well=None),)


def test_a_check_that_is_gone_says_nothing() -> None:
    listed = [record("eu", HealthCheckId="gone")]
    assert zone(listed, refused("NoSuchHealthCheck")).records() == (Record("eu", 128, well=None),)


def test_a_check_that_cannot_be_asked_is_not_taken_for_well() -> None:
    with pytest.raises(ClientError):
        zone([record("eu", HealthCheckId="hidden")], refused("AccessDenied")).records()

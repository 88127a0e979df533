"""The function as it is called: its settings, its clients, one tick."""

import pytest
from moto import mock_aws

from services.sun import function
from services.sun.settings import SettingsError, read
from tests.support.sun import create_table
from tests.unit.sun.test_settings import GOOD


class Run:
    def get_remaining_time_in_millis(self) -> int:
        return 240_000


@pytest.fixture(autouse=True)
def fresh() -> None:
    function._controller.cache_clear()


def test_an_environment_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**GOOD, "SUN_MODE": "try"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="SUN_MODE"):
        function.handle({}, Run())


@mock_aws
def test_a_call_without_a_known_writer_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto has a zone without our records, and no global cluster of the name."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    clients = function._clients(1)
    create_table(clients("dynamodb", GOOD["SUN_TABLE_REGION"]), GOOD["SUN_TABLE"])
    zone = clients("route53", "eu-west-1").create_hosted_zone(Name="cloud-sales.example", CallerReference="1")
    for name, value in {**GOOD, "SUN_ZONE_ID": zone["HostedZone"]["Id"].rpartition("/")[2]}.items():
        monkeypatch.setenv(name, value)
    assert function.handle({}, Run()) == {"acted": False, "reason": "it is not known who writes, and never was"}


def test_the_table_lies_where_it_is_told_and_a_page_goes_where_its_topic_is() -> None:
    world = function.world(read({**GOOD, "SUN_PAGE_TOPIC": "arn:aws:sns:ap-southeast-1:1:page"}))
    assert world.ledger._dynamodb.meta.region_name == "eu-north-1"  # type: ignore[attr-defined]
    assert world.pager._sns.meta.region_name == "ap-southeast-1"  # type: ignore[attr-defined]


def test_what_moves_the_writer_is_asked_once() -> None:
    attempts = function._clients(1)("rds", "eu-west-1").meta.config.retries
    assert attempts["total_max_attempts"] == 1

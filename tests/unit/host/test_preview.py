"""What a preview says of the next run, and that it leaves everything as it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.host import Cloud, verdict
from local.host.errors import PolicyError
from local.host.preview import Change, Kind, preview
from policies.judge import Judgement, Level, Violation
from tests.unit.host.conftest import SHOP
from tests.unit.host.test_realise import shop

Aws = Callable[[str], Any]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "model.json"


def planned(cloud: Cloud, state: Path, **overlay: object) -> tuple[Change, ...]:
    settings = {f"shop:{key.replace('__', '.')}": value for key, value in overlay.items()}
    return preview("eu", settings, cloud.emulator, state, SHOP)


def told(changes: tuple[Change, ...]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for change in changes:
        kinds.setdefault(change.kind, []).append(change.resource.name)
    return kinds


def test_before_the_first_run_everything_would_be_made_and_nothing_is(cloud: Cloud, aws: Aws, state: Path) -> None:
    queues = aws("sqs").list_queues().get("QueueUrls", [])
    changes = planned(cloud, state, orders__name="untouched")
    assert {change.kind for change in changes} == {Kind.CREATE}
    assert not state.exists()
    assert aws("sqs").list_queues().get("QueueUrls", []) == queues


def test_after_a_run_nothing_would_change(cloud: Cloud, state: Path) -> None:
    made = shop(cloud, state)
    kept = state.read_bytes()
    assert planned(cloud, state) == ()
    assert state.read_bytes() == kept
    assert made.resources


def test_a_changed_setting_is_told_with_its_property(cloud: Cloud, aws: Aws, state: Path) -> None:
    url = shop(cloud, state, orders__visibilitySeconds=30).outputs["queueUrl"]
    [change] = planned(cloud, state, orders__visibilitySeconds=45)
    assert (change.kind, change.resource.name, change.properties) == (
        Kind.UPDATE,
        "orders",
        ("visibilityTimeoutSeconds",),
    )
    attributes = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert attributes == {"VisibilityTimeout": "30"}


def test_what_comes_and_what_goes(cloud: Cloud, aws: Aws, state: Path) -> None:
    shop(cloud, state)
    coming = told(planned(cloud, state, extra="estate"))
    assert coming.keys() == {"create"}
    shop(cloud, state, extra="estate")
    going = told(planned(cloud, state))
    assert going == {"delete": coming["create"]}
    assert "estate" in {bucket["Name"] for bucket in aws("s3").list_buckets()["Buckets"]}


def test_a_veto_is_told_before_anybody_runs_into_it(cloud: Cloud, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Violation("queue-has-dlq", Level.MANDATORY, "urn", "no dead letters")
    monkeypatch.setattr(verdict, "judgement", lambda *_: Judgement((broken,), ()))
    with pytest.raises(PolicyError, match="no dead letters"):
        planned(cloud, state)

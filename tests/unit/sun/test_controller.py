"""A controller's ticks: what it does, what keeps it from it, and what a person sees of it."""

from datetime import timedelta
from typing import Any

import pytest

from services.sun.control.book import Entry, Memory, Page, Switch
from services.sun.schedule.regions import Health
from services.sun.settings import Mode
from tests.support.sun import NOON, TICK, Sky


def test_the_writer_moves_to_the_region_that_leads(sky: Sky) -> None:
    assert sky.tick().reason == "eu writes"
    assert sky.aurora.asked == [("apac", "eu")]
    book = sky.book()
    assert book.switch is None
    assert book.memory is not None
    assert book.memory.state.tenure.writer == "eu"
    assert sky.trail() == ["tick", "switch begun", "switch finished"]


def test_nothing_is_asked_twice(sky: Sky) -> None:
    for _ in range(20):
        sky.tick()
        sky.clock.now = sky.clock.now + TICK
    assert len(sky.aurora.asked) == 1


@pytest.mark.parametrize(
    ("sick", "told"),
    [
        ({"apac": {"status": "modifying"}}, "apac is modifying"),
        ({"eu": {"status": "unknown"}}, "eu is unknown"),
        ({"eu": {"engine_version": "16.9"}}, "16.8, 16.9"),
        ({"eu": {"instances": 0}}, "eu has no instance"),
        ({"eu": {"synchronised": False}}, "eu does not follow"),
    ],
)
def test_a_database_that_is_not_ready_keeps_the_writer(sky: Sky, sick: dict[str, Any], told: str) -> None:
    sky.aurora.sick = sick
    assert told in sky.tick().reason
    assert not sky.aurora.asked
    sky.aurora.sick = {}
    sky.clock.now += TICK
    assert sky.tick().reason == "eu writes"


@pytest.mark.parametrize("region", ["eu", "apac"])
@pytest.mark.parametrize("health", [Health.UNKNOWN, Health.UNHEALTHY])
def test_the_writer_stays_unless_both_regions_are_known_to_be_well(sky: Sky, region: str, health: Health) -> None:
    sky.doctor.told = {region: health}
    sky.tick()
    sky.clock.now += timedelta(minutes=30)
    sky.tick()
    assert not sky.aurora.asked


def test_a_copy_that_is_far_behind_keeps_the_writer_and_one_of_unknown_lag_does_not(sky: Sky) -> None:
    sky.aurora.behind = timedelta(seconds=3)
    assert "3.0 s behind" in sky.tick().reason
    sky.aurora.behind = None
    sky.clock.now += TICK
    assert sky.tick().reason == "eu writes"


def test_a_database_that_does_not_answer_leaves_the_weights_to_the_sun(sky: Sky) -> None:
    sky.aurora.silent = True
    sky.records.weights["eu"] = 100
    assert "could not be read" in sky.tick().reason
    assert sky.records.weights["eu"] > 200


def test_weights_that_somebody_changed_are_put_right_and_others_not_written(sky: Sky) -> None:
    sky.tick()
    before = sky.records.writes
    sky.clock.now += timedelta(minutes=1)
    sky.tick()
    assert sky.records.writes == before
    right = dict(sky.records.weights)
    sky.records.weights["apac"] = 1
    sky.clock.now += timedelta(minutes=1)
    sky.tick()
    assert sky.records.weights == right


def test_a_sick_region_gets_no_requests_and_one_of_unknown_health_keeps_them(sky: Sky) -> None:
    sky.doctor.told = {"apac": Health.UNKNOWN}
    sky.tick()
    assert sky.records.weights["apac"] >= 20
    sky.doctor.told = {"apac": Health.UNHEALTHY}
    sky.clock.now += TICK
    sky.tick()
    assert sky.records.weights["apac"] == 0


def test_a_person_who_holds_keeps_everything_where_it_is(sky: Sky) -> None:
    sky.hold()
    before = dict(sky.records.weights)
    sky.records.weights["eu"] = 1
    sky.clock.now += timedelta(hours=3)
    assert sky.tick().reason == "held by anna: a release"
    assert sky.records.weights == before, "they are put right as they were last decided"
    assert not sky.aurora.asked
    sky.release()
    sky.clock.now += TICK
    assert sky.tick().reason == "eu writes"


def test_a_writer_that_others_moved_stays_there_for_its_four_hours(sky: Sky) -> None:
    sky.tick()
    sky.aurora.writer = "apac"
    sky.clock.now += timedelta(hours=4)
    assert "writes only since" in sky.tick().reason
    assert "moved by others" in sky.trail()


@pytest.mark.usefixtures("cloud")
def test_the_first_tick_takes_everything_as_it_finds_it() -> None:
    sky = Sky(ready=False)
    sky.records.weights = {"eu": 128, "apac": 128}
    assert sky.tick().acted
    memory = sky.book().memory
    assert memory is not None
    assert memory.state.tenure.writer == "apac"
    assert sky.records.weights == {"eu": 128, "apac": 128}
    sky.clock.now += TICK
    sky.tick()
    assert sky.records.weights == {"eu": 144, "apac": 112}


@pytest.mark.usefixtures("cloud")
def test_without_a_database_to_ask_there_is_no_first_tick() -> None:
    sky = Sky(ready=False)
    sky.aurora.silent = True
    assert not sky.tick().acted
    assert sky.book().memory is None


def test_a_region_without_a_record_yet_is_left_out(sky: Sky) -> None:
    del sky.records.weights["eu"]
    sky.tick()
    assert set(sky.records.weights) == {"apac"}
    assert not sky.aurora.asked


def test_a_person_is_called_once_when_the_region_that_writes_is_lost(sky: Sky) -> None:
    sky.doctor.told = {"apac": Health.UNHEALTHY}
    for _ in range(5):
        sky.tick()
        sky.clock.now += TICK
    assert [page.subject for page in sky.bell.rung] == ["Follow the sun: apac writes, and does not answer"]
    sky.doctor.told = {}
    sky.tick()
    sky.clock.now += TICK
    sky.doctor.told = {"eu": Health.UNHEALTHY}
    sky.tick()
    assert len(sky.bell.rung) == 2, "eu writes by then"
    assert not sky.book().pages


def test_a_call_that_nobody_took_is_made_again(sky: Sky) -> None:
    sky.bell.broken = True
    sky.note(Entry((), pages=(Page("1", "subject", "text"),)))
    sky.tick()
    assert len(sky.book().pages) == 1
    sky.bell.broken = False
    sky.clock.now += TICK
    sky.tick()
    assert len(sky.bell.rung) == 1
    assert not sky.book().pages


@pytest.mark.usefixtures("cloud")
def test_who_only_observes_changes_nothing_and_writes_down_what_it_would() -> None:
    sky = Sky(mode=Mode.OBSERVE)
    sky.records.weights = {"eu": 128, "apac": 128}
    for _ in range(48):
        sky.tick()
        sky.clock.now += 6 * TICK
    assert sky.records.weights == {"eu": 128, "apac": 128}
    assert not sky.aurora.asked
    assert not sky.bell.rung
    assert sky.trail().count("would switch") == 3
    book = sky.book()
    assert book.switch is None
    assert book.memory is not None


@pytest.mark.usefixtures("cloud")
def test_what_was_observed_does_not_lead_what_is_done() -> None:
    sky = Sky(mode=Mode.OBSERVE)
    sky.tick()
    sky.mode = Mode.ACT
    assert sky.book().memory is None


def test_what_is_remembered_comes_back_as_it_was(sky: Sky) -> None:
    memory = sky.book().memory
    assert memory is not None
    kept = Memory(memory.state, lost="eu")
    sky.note(Entry((), kept, opened=Switch("eu", "apac", NOON, 1)))
    assert sky.book().memory == kept
    assert sky.book().switch == Switch("eu", "apac", NOON, 1)

"""The drill's clock, and the hours that it leaps over."""

from datetime import UTC, datetime, timedelta

import pytest

from services.sun.control.book import Memory
from services.sun.schedule.decision import State, decide
from services.sun.schedule.regions import Health
from services.sun.schedule.writer import Tenure
from tests.drill.clock import Clock, latest, until
from tests.support.sun import REGIONS

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
WELL = dict.fromkeys(("eu", "apac"), Health.HEALTHY)
MEMORY = Memory(State({"eu": 235, "apac": 20}, NOON, Tenure("eu", NOON - timedelta(hours=6))))


def test_the_next_tick_after_what_it_leads_to_moves_the_writer() -> None:
    memory, at = until(REGIONS, MEMORY, "apac", NOON)
    assert decide(REGIONS, memory.state, WELL, at).verdict.goal == "apac"
    assert NOON < at < NOON + timedelta(hours=24)


def test_a_region_that_writes_and_leads_gets_it_only_after_it_has_lost_it() -> None:
    with pytest.raises(LookupError):
        until(REGIONS, MEMORY, "eu", NOON)


def test_a_leap_goes_forward_only() -> None:
    clock = Clock()
    clock.leap(clock.now() + timedelta(hours=3))
    before = clock.now()
    clock.leap(before - timedelta(hours=1))
    assert timedelta(0) <= clock.now() - before < timedelta(minutes=1)
    assert before - datetime.now(UTC) > timedelta(hours=2)


def test_what_an_earlier_drill_has_leapt_to_is_not_in_the_future_of_the_next_one() -> None:
    far = NOON + timedelta(days=9)
    tenure = Tenure("eu", NOON, (NOON, far))
    assert latest(Memory(State({"eu": 235, "apac": 20}, NOON, tenure))) == far

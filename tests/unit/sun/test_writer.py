"""When the writer moves, and what keeps it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sun import SETS
from local.sun.walk import walk
from services.sun.schedule.regions import Health
from services.sun.schedule.writer import DWELL, MOST_A_DAY, Lead, Tenure, judge, observe

REGIONS = SETS["Dublin, Singapore"]
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
LONG = timedelta(hours=9)
READY = Tenure("apac", NOON - LONG, (), Lead("eu", NOON - timedelta(minutes=15)))


def test_a_region_that_leads_for_long_enough_gets_the_writer() -> None:
    verdict = judge(READY, REGIONS, NOON)
    assert verdict.goal == "eu"
    assert "11:45" in verdict.reason


@pytest.mark.parametrize(
    ("tenure", "reason"),
    [
        (Tenure("apac", NOON - LONG), "no region leads"),
        (Tenure("eu", NOON - LONG, (), READY.lead), "eu writes and leads"),
        (Tenure("apac", NOON - LONG, (), Lead("eu", NOON - timedelta(minutes=14))), "only since 11:46"),
        (Tenure("apac", NOON - DWELL + timedelta(minutes=1), (), READY.lead), "apac writes only since 08:01"),
        (Tenure("apac", NOON - LONG, (NOON - timedelta(hours=3),), READY.lead), "begun at 09:00"),
        (Tenure("apac", NOON - LONG, tuple(NOON - timedelta(hours=n) for n in (20, 12, 5)), READY.lead), "3 switches"),
    ],
)
def test_the_writer_stays_and_it_is_told_why(tenure: Tenure, reason: str) -> None:
    verdict = judge(tenure, REGIONS, NOON)
    assert verdict.goal is None
    assert reason in verdict.reason


def test_nobody_takes_the_writer_over_at_night() -> None:
    night = datetime(2026, 1, 10, 20, tzinfo=UTC)  # four in the morning in Singapore
    tenure = Tenure("eu", night - LONG, (), Lead("apac", night - LONG))
    assert "night" in judge(tenure, REGIONS, night).reason
    assert judge(tenure, REGIONS, night + timedelta(hours=1)).goal == "apac"


@pytest.mark.parametrize(
    ("weights", "leader"),
    [({"eu": 60, "apac": 40}, "eu"), ({"eu": 59, "apac": 41}, None), ({"eu": 0, "apac": 0}, None)],
)
def test_who_has_three_fifths_of_the_requests_leads(weights: dict[str, int], leader: str | None) -> None:
    found = observe(Tenure("eu", NOON), weights, NOON).lead
    assert (found and found.region) == leader


def test_a_lead_that_was_broken_begins_anew() -> None:
    without = observe(READY, {"eu": 50, "apac": 50}, NOON)
    again = observe(without, {"eu": 90, "apac": 10}, NOON + timedelta(minutes=5))
    assert without.lead is None
    assert again.lead == Lead("eu", NOON + timedelta(minutes=5))


def test_switches_are_forgotten_after_a_day() -> None:
    tenure = Tenure("eu", NOON, (NOON - timedelta(hours=24), NOON - timedelta(hours=23)))
    assert observe(tenure, {"eu": 1, "apac": 1}, NOON).switches == (NOON - timedelta(hours=23),)


@given(st.lists(st.sampled_from(Health), min_size=24, max_size=24), st.lists(st.sampled_from(Health), min_size=24))
@settings(max_examples=60, deadline=None)
def test_health_that_comes_and_goes_never_hurries_the_writer(eu: list[Health], apac: list[Health]) -> None:
    """Each region's health changes every quarter of an hour, for six hours on end, on two days."""

    def health(at: datetime) -> dict[str, Health]:
        quarter = int((at - NOON) / timedelta(minutes=15)) % 24
        return {"eu": eu[quarter], "apac": apac[quarter % len(apac)]}

    moved = [moment.at for moment in walk(REGIONS, NOON, NOON + timedelta(days=2), health=health) if moment.moved]
    for earlier, later in pairwise(moved):
        assert later - earlier >= DWELL
    for at in moved:
        assert sum(at - timedelta(days=1) < other <= at for other in moved) <= MOST_A_DAY

"""Weights: what is asked for at a moment, and how it is come by."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.sun import LEAST, SETS
from services.sun.schedule.activity import activity
from services.sun.schedule.decision import STEP_EVERY, State, decide
from services.sun.schedule.regions import Health, OfficeHours, Region
from services.sun.schedule.weights import FLOOR, SCALE, STEP, shares, stepped, wanted
from services.sun.schedule.writer import Tenure

REGIONS = SETS["Dublin, Singapore, New York"]
NAMES = [region.name for region in REGIONS]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
HEALTH = st.fixed_dictionaries({name: st.sampled_from(Health) for name in NAMES})
WEIGHTS = st.fixed_dictionaries({name: st.integers(0, SCALE) for name in NAMES})
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)


def state(weights: dict[str, int], at: datetime) -> State:
    return State(weights, at, Tenure("eu", at))


@given(MOMENTS)
def test_shares_are_one_together_and_none_is_below_the_floor(at: datetime) -> None:
    found = shares(REGIONS, at)
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) >= FLOOR


@given(MOMENTS)
def test_activity_is_never_nothing_and_never_more_than_all(at: datetime) -> None:
    assert all(0 < activity(region, at) <= 1 for region in REGIONS)


def test_an_office_fills_within_two_hours_around_its_opening() -> None:
    dublin = REGIONS[0]
    found = [activity(dublin, datetime(2026, 1, 10, hour, tzinfo=UTC)) for hour in (6, 7, 8, 9, 13)]
    assert found[0] < 0.1 > found[1]
    assert 0.4 < found[2] < 0.6
    assert found[3] > 0.9
    assert found[4] == pytest.approx(1)


@given(MOMENTS, HEALTH)
def test_a_region_is_left_out_only_if_it_is_known_to_be_sick_and_another_to_be_well(
    at: datetime, health: dict[str, Health]
) -> None:
    found = wanted(REGIONS, at, health)
    known = set(health.values())
    assert (found is None) is (Health.UNHEALTHY in known and Health.HEALTHY not in known)
    for name, weight in (found or {}).items():
        assert (weight == 0) is (health[name] is Health.UNHEALTHY)
        assert weight == 0 or LEAST <= weight <= SCALE


@given(WEIGHTS, st.fixed_dictionaries({name: st.integers(0, SCALE) for name in NAMES}))
def test_a_weight_goes_one_step_towards_its_goal_and_at_once_to_nothing(
    present: dict[str, int], goal: dict[str, int]
) -> None:
    for name, weight in stepped(present, goal).items():
        if goal[name] == 0:
            assert weight == 0
        else:
            assert abs(weight - present[name]) == min(STEP, abs(goal[name] - present[name]))


@given(WEIGHTS, MOMENTS, st.dictionaries(st.sampled_from(NAMES), st.just(Health.UNHEALTHY)))
def test_where_no_region_answers_nothing_changes(
    weights: dict[str, int], at: datetime, sick: dict[str, Health]
) -> None:
    health = dict.fromkeys(NAMES, Health.UNHEALTHY)
    assert decide(REGIONS, state(weights, at - timedelta(hours=1)), health, at).state.weights == weights


@given(WEIGHTS, MOMENTS, HEALTH)
def test_calls_that_come_too_often_do_not_hurry_the_weights(
    weights: dict[str, int], at: datetime, health: dict[str, Health]
) -> None:
    early = at + STEP_EVERY - timedelta(seconds=1)
    assert decide(REGIONS, state(weights, at), health, early).state.weights == weights


def test_a_region_that_comes_back_starts_small() -> None:
    well = dict.fromkeys(NAMES, Health.HEALTHY)
    found = decide(REGIONS, state({"eu": 255, "apac": 0, "us": 40}, NOON - timedelta(minutes=5)), well, NOON)
    assert found.state.weights["apac"] == STEP


def test_a_region_without_a_record_is_none_of_the_schedules_business() -> None:
    well = dict.fromkeys(NAMES, Health.HEALTHY)
    found = decide(REGIONS[:2], state({"eu": 100, "apac": 100, "us": 40}, NOON), well, NOON)
    assert set(found.state.weights) == {"eu", "apac"}


def test_more_regions_than_the_floor_has_room_for_are_refused() -> None:
    many: Sequence[Region] = [Region(f"r{index}", f"p{index}", ZoneInfo("Europe/Dublin")) for index in range(13)]
    with pytest.raises(ValueError, match="13 regions"):
        shares(many, NOON)


@pytest.mark.parametrize("hours", [(8.0, 9.0), (0.5, 9.0), (20.0, 23.5), (18.0, 8.0)])
def test_office_hours_lie_within_a_day(hours: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="not within a day"):
        OfficeHours(*hours)

"""The schedule over ten years: every change of the clocks in five-minute ticks, and minutes of days at random."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sun import SETS, judge
from local.sun.walk import walk
from services.sun.schedule.decision import TICK
from services.sun.schedule.regions import Region

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ZONES = st.sampled_from(
    [
        "America/Los_Angeles",
        "America/New_York",
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Asia/Singapore",
        "Asia/Tokyo",
        "Australia/Lord_Howe",
        "Australia/Sydney",
        "Europe/Dublin",
        "Europe/Helsinki",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
    ]
)
DAYS = st.dates(date(2026, 1, 1), date(2035, 12, 30))


def changes(regions: Sequence[Region]) -> list[datetime]:
    """The hours at which the clocks of a region change."""
    hours = [FIRST + timedelta(hours=hour) for hour in range(int((LAST - FIRST) / timedelta(hours=1)))]
    return [
        hour
        for region in regions
        for hour in hours
        if hour.astimezone(region.zone).utcoffset() != (hour + timedelta(hours=1)).astimezone(region.zone).utcoffset()
    ]


@pytest.mark.parametrize("name", SETS)
def test_no_change_of_the_clocks_breaks_a_rule(name: str) -> None:
    regions = SETS[name]
    found = changes(regions)
    assert len(found) >= 20, "ten years of Dublin or London alone have twenty"
    for change in found:
        tally = judge(regions, walk(regions, change - DAY, change + 2 * DAY, TICK))
        assert not tally.broken, (change, tally.broken)
        assert len(tally.switches) >= len(regions), "the writer goes round while the clocks change"


@given(DAYS, st.sampled_from(sorted(SETS)))
@settings(max_examples=40, deadline=None)
def test_no_minute_of_any_day_breaks_a_rule(day: date, name: str) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    tally = judge(SETS[name], walk(SETS[name], start, start + DAY, timedelta(minutes=1)))
    assert not tally.broken, tally.broken
    assert tally.moments == 24 * 60


@given(DAYS, st.lists(ZONES, min_size=1, max_size=4, unique=True), st.sampled_from([1, 5, 17, 60, 240]))
@settings(max_examples=60, deadline=None)
def test_wherever_regions_are_and_however_often_it_ticks_no_rule_is_broken(
    day: date, zones: list[str], minutes: int
) -> None:
    regions = [Region(f"r{index}", f"place-{index}", ZoneInfo(zone)) for index, zone in enumerate(zones)]
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    tally = judge(regions, walk(regions, start, start + 2 * DAY, timedelta(minutes=minutes)))
    assert not tally.broken, tally.broken


@pytest.mark.parametrize(
    ("day", "switches"),
    [
        (date(2026, 1, 10), ["10:10 eu", "22:00 apac"]),
        (date(2026, 7, 10), ["10:10 eu", "21:25 apac"]),
        (date(2026, 3, 29), ["10:10 eu", "21:25 apac"]),
    ],
)
def test_the_writer_moves_to_where_people_come_to_work(day: date, switches: list[str]) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    moments = walk(SETS["Dublin, Singapore"], start - DAY, start + DAY)
    found = [f"{moment.at:%H:%M} {moment.writer}" for moment in moments if moment.moved and moment.at >= start]
    assert found == switches


def test_three_regions_hand_the_writer_round() -> None:
    start = datetime(2026, 1, 10, tzinfo=UTC)
    moments = walk(SETS["Dublin, Singapore, New York"], start, start + 2 * DAY)
    found = [moment.writer for moment in moments if moment.moved]
    assert found == ["eu", "us", "apac", "eu", "us"]

"""What Route 53 would answer with, of records that weigh and are sick in every way."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.front.resolution import Record, shares, well

HEALTH = st.sampled_from([True, False, None])
RECORDS = st.lists(
    st.builds(Record, st.sampled_from("abcde"), st.sampled_from([0, 0, 1, 7, 128, 255]), HEALTH),
    unique_by=lambda record: record.region,
)


def drawn(*told: tuple[str, int, bool | None]) -> dict[str, int]:
    return shares(Record(*each) for each in told)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([("eu", 192, True), ("apac", 64, True)], {"eu": 192, "apac": 64}, id="all are well"),
        pytest.param([("eu", 192, False), ("apac", 64, True)], {"apac": 64}, id="the sick one is left out"),
        pytest.param([("eu", 192, None), ("apac", 64, False)], {"eu": 192}, id="unknown is well"),
        pytest.param([("eu", 192, False), ("apac", 64, False)], {"eu": 192, "apac": 64}, id="all sick is none"),
        pytest.param([("eu", 192, True), ("apac", 0, True)], {"eu": 192}, id="nothing for a weight of 0"),
        pytest.param([("eu", 192, False), ("apac", 0, True)], {"apac": 1}, id="but when all others are sick"),
        pytest.param([("eu", 192, False), ("apac", 0, False)], {"eu": 192}, id="all sick, and one weighs nothing"),
        pytest.param([("eu", 0, True), ("apac", 0, None)], {"eu": 1, "apac": 1}, id="all weigh nothing"),
        pytest.param([("eu", 0, True), ("apac", 0, False)], {"eu": 1}, id="all weigh nothing, and one is sick"),
        pytest.param(
            [("eu", 0, False), ("apac", 0, False)], {"eu": 1, "apac": 1}, id="nothing weighs and all are sick"
        ),
        pytest.param([], {}, id="no records"),
    ],
)
def test_the_guide_s_cases(records: list[tuple[str, int, bool | None]], expected: dict[str, int]) -> None:
    assert drawn(*records) == expected


def chance(records: list[Record]) -> dict[str, Fraction]:
    """The guide's own words, record by record, as a second reading of it."""
    well_ones = [record for record in records if record.well in (True, None)]
    pool = well_ones if well_ones else records
    total = sum(record.weight for record in pool)
    if total == 0:
        return {record.region: Fraction(1, len(pool)) for record in pool}
    return {record.region: Fraction(record.weight, total) for record in pool if record.weight}


@given(RECORDS)
def test_each_region_s_chance_is_its_part_of_the_weight_of_those_that_count(records: list[Record]) -> None:
    found = shares(records)
    total = sum(found.values())
    assert {region: Fraction(weight, total) for region, weight in found.items()} == chance(records)


@given(RECORDS.filter(bool))
def test_somebody_is_always_asked(records: list[Record]) -> None:
    found = shares(records)
    assert found
    assert all(weight > 0 for weight in found.values())


@given(RECORDS)
def test_nobody_sick_is_asked_while_anybody_may_be_well(records: list[Record]) -> None:
    sick = {record.region for record in records if record.well is False}
    if len(sick) < len(records):
        assert not sick & shares(records).keys()


@given(RECORDS, st.randoms())
def test_the_order_of_the_records_means_nothing(records: list[Record], chance: Any) -> None:
    shuffled = records.copy()
    chance.shuffle(shuffled)
    assert shares(shuffled) == shares(records)


def observations(good: int, bad: int) -> list[dict[str, Any]]:
    return [{"StatusReport": {"Status": "Success: HTTP Status Code 200, OK"}}] * good + [
        {"StatusReport": {"Status": "Failure: connection timed out"}}
    ] * bad


@pytest.mark.parametrize(
    ("good", "bad", "expected"), [(0, 0, None), (1, 0, True), (0, 1, False), (19, 81, True), (18, 82, False)]
)
def test_more_than_18_of_100_checkers_make_an_endpoint_well(good: int, bad: int, expected: bool | None) -> None:
    assert well(observations(good, bad)) is expected


def test_an_observation_without_a_report_is_no_success() -> None:
    assert well([{"Region": "eu-west-1"}]) is False

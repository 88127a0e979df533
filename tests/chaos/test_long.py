"""The long version of the harness, a little smaller than the report's: `pytest -m chaos tests/chaos/test_long.py`."""

from collections.abc import Iterator

import pytest

from tests.chaos import bed as beds
from tests.chaos.bed import Bed
from tests.chaos.page import Sizes
from tests.chaos.report import long_scenarios
from tests.chaos.sabotage import SABOTAGES, Sabotage, hunt
from tests.chaos.scenario import Scenario, play

pytestmark = pytest.mark.chaos
SIZES = Sizes(orders=40, times=3, outage=20, numbers=2_000, seed=20261122)


@pytest.fixture(scope="module")
def bed() -> Iterator[Bed]:
    with beds.running(SIZES.seed) as running:
        yield running


@pytest.mark.parametrize("scenario", list(long_scenarios(SIZES)), ids=lambda scenario: scenario.name)
def test_nothing_is_lost_and_nothing_is_twice(bed: Bed, scenario: Scenario) -> None:
    assert play(bed, scenario).findings == []


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.what)
def test_each_seeded_bug_is_noticed(bed: Bed, sabotage: Sabotage) -> None:
    assert hunt(bed, sabotage).finding

"""The short version of the harness, with every test run: each crash point once, and the network at its worst."""

from collections.abc import Iterator

import pytest

from tests.chaos import bed as beds
from tests.chaos import changes
from tests.chaos.bed import Bed
from tests.chaos.bugs import SABOTAGES
from tests.chaos.failures import LOST
from tests.chaos.sabotage import Sabotage, hunt, sabotaged
from tests.chaos.scenario import Scenario, play
from tests.chaos.scenarios import KEYS, PLAIN, SHORT

SEED = 20261122
CAUGHT_IN_PASSING = tuple(
    next(sabotage for sabotage in SABOTAGES if sabotage.scenario is scenario) for scenario in (KEYS, PLAIN)
)
"""Proof that the short version can fail; all of them are hunted by `make chaos`."""


@pytest.fixture(scope="module")
def bed() -> Iterator[Bed]:
    with beds.running(SEED) as running:
        yield running


@pytest.mark.parametrize("scenario", [*SHORT, LOST, *changes.SHORT], ids=lambda scenario: scenario.name)
def test_nothing_is_lost_and_nothing_is_twice(bed: Bed, scenario: Scenario) -> None:
    assert play(bed, scenario).findings == []


@pytest.mark.parametrize("sabotage", CAUGHT_IN_PASSING, ids=lambda sabotage: sabotage.what)
def test_a_seeded_bug_is_noticed(bed: Bed, sabotage: Sabotage) -> None:
    assert hunt(bed, sabotage).finding


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.what)
def test_every_seeded_bug_can_still_be_made(sabotage: Sabotage) -> None:
    with sabotaged(sabotage) as root:
        compile((root / "services" / sabotage.file).read_text(), sabotage.file, "exec")

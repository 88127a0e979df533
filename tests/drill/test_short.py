"""The short version of the drill: two switches and the loss of a region, with little load. Minutes, for two regions."""

from collections.abc import Iterator

import pytest

from tests.drill.scenario import Scenario, play
from tests.drill.scenarios import losses
from tests.drill.scenarios.switches import planned
from tests.drill.stage import Stage, running

pytestmark = pytest.mark.chaos
SCENARIOS = (planned(2), losses.STANDBY)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(("eu", "apac"), rate=2.0) as two:
        yield two


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario.name))
def test_nothing_is_lost_and_nothing_is_twice(stage: Stage, scenario: Scenario) -> None:
    result = play(stage, scenario)
    assert result.findings == []
    assert (result.lost, result.doubled, result.figures.faults) == (0, 0, 0)
    assert result.figures.accepted > 0

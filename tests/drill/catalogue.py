"""All scenarios, in the order in which they are played."""

from tests.drill.scenario import Scenario
from tests.drill.scenarios import losses
from tests.drill.scenarios.day import DAY
from tests.drill.scenarios.deaths import DEATHS
from tests.drill.scenarios.doubts import FLAPPING, UNHEALTHY
from tests.drill.scenarios.lines import CUT
from tests.drill.scenarios.minds import MINDS
from tests.drill.scenarios.switches import planned

LAGS = (0.5, 2.0, 5.0)
"""Seconds."""


def catalogue(switches: int, *, day: bool) -> list[Scenario]:
    """What is calm first; after the last ones a region has to be brought back."""
    return [
        planned(switches),
        UNHEALTHY,
        FLAPPING,
        DEATHS,
        MINDS,
        CUT,
        losses.STANDBY,
        losses.writer(0),
        *(losses.writer(lag) for lag in LAGS),
        *((DAY,) if day else ()),
    ]

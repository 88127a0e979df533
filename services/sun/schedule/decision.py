"""One tick of the schedule: from what is remembered and known to what is to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.sun.schedule.regions import Health, Region
from services.sun.schedule.weights import Weights, stepped, wanted
from services.sun.schedule.writer import Tenure, Verdict, judge, observe

TICK = timedelta(minutes=5)
"""How often the controller is called."""
STEP_EVERY = timedelta(minutes=4)
"""The least time between two steps of the weights: a tick, less what a call may come early. A second call does not
hurry them."""


@dataclass(frozen=True)
class State:
    """What is remembered between two ticks.

    Attributes:
        weights: as they were last decided.
        stepped_at: when they were last taken a step further, or looked at.
    """

    weights: Weights
    stepped_at: datetime
    tenure: Tenure


@dataclass(frozen=True)
class Decision:
    """What is to be, and what is to be remembered. The writer moves only if whoever acts finds nothing against it."""

    state: State
    verdict: Verdict


def decide(regions: Sequence[Region], state: State, health: Mapping[str, Health], now: datetime) -> Decision:
    """The weights of this moment, and whether the writer should move."""
    present, stepped_at = {region.name for region in regions}, state.stepped_at
    weights: Weights = {name: weight for name, weight in state.weights.items() if name in present}
    if now - stepped_at >= STEP_EVERY:
        goal = wanted(regions, now, health)
        weights = stepped(weights, goal) if goal else weights
        stepped_at = now
    tenure = observe(state.tenure, weights, now)
    return Decision(State(weights, stepped_at, tenure), judge(tenure, regions, now))

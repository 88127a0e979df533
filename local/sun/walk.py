"""The schedule taken through time, in a world in which every switch succeeds at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.sun.schedule.decision import TICK, State, decide
from services.sun.schedule.regions import Health, Region
from services.sun.schedule.weights import Weights, wanted
from services.sun.schedule.writer import DWELL, Tenure

Ailing = Callable[[datetime], Mapping[str, Health]]
"""What is known of the regions' health at a moment."""


@dataclass(frozen=True)
class Moment:
    """What is so after a tick.

    Attributes:
        moved: whether the writer has just come here.
    """

    at: datetime
    weights: Weights
    writer: str
    moved: bool


def well(regions: Sequence[Region]) -> Ailing:
    """All regions are well at any time."""
    health = {region.name: Health.HEALTHY for region in regions}
    return lambda _: health


def beginning(regions: Sequence[Region], at: datetime) -> State:
    """As if it had gone on for long: weights where they belong, the writer where most requests are."""
    weights = wanted(regions, at, well(regions)(at)) or {}
    return State(weights, at, Tenure(max(weights, key=lambda name: weights[name]), at - DWELL))


def walk(
    regions: Sequence[Region],
    since: datetime,
    until: datetime,
    every: timedelta = TICK,
    health: Ailing | None = None,
) -> Iterator[Moment]:
    """Every tick from one moment on, and before the other."""
    health = health or well(regions)
    state, now = beginning(regions, since), since
    while now < until:
        decision = decide(regions, state, health(now), now)
        state, goal = decision.state, decision.verdict.goal
        if goal:
            state = replace(state, tenure=state.tenure.began(now).moved(goal, now))
        yield Moment(now, state.weights, state.tenure.writer, moved=goal is not None)
        now += every

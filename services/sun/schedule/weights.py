"""Weights of DNS records: shares of activity over the regions that answer, moved in small steps."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.sun.schedule.activity import activity
from services.sun.schedule.regions import Health, Region

SCALE = 255
"""The largest weight that Route 53 takes."""
FLOOR = 0.08
"""The least share of a region that answers: it keeps pods, caches and the way there warm for the moment of a loss."""
STEP = 16
"""How far a weight moves at a time."""

Weights = Mapping[str, int]


def shares(regions: Sequence[Region], at: datetime) -> dict[str, float]:
    """What part of the requests each region should get; together 1, none below the floor.

    Raises:
        ValueError: so many regions that not each can have the floor.
    """
    floors = len(regions) * FLOOR
    if floors > 1:
        raise ValueError(f"{len(regions)} regions cannot have {FLOOR:.0%} of the requests each")
    busy = {region.name: activity(region, at) for region in regions}
    total = sum(busy.values())
    return {name: FLOOR + (1 - floors) * part / total for name, part in busy.items()}


def wanted(regions: Sequence[Region], at: datetime, health: Mapping[str, Health]) -> dict[str, int] | None:
    """The weights that the moment asks for; None where it is better to change nothing.

    That is so where a region is known to be sick and none to be well: Route 53 asks all regions if it finds all of them
    sick, and a weight of ours would only be in its way. A region of which nothing is known gets its share, for its
    record has a health check, and Route 53 may know more than we.
    """
    known = set(health.values())
    if Health.UNHEALTHY in known and Health.HEALTHY not in known:
        return None
    answering = [region for region in regions if health[region.name] is not Health.UNHEALTHY]
    told = {name: max(1, round(SCALE * share)) for name, share in shares(answering, at).items()}
    return {region.name: told.get(region.name, 0) for region in regions}


def stepped(present: Weights, goal: Weights) -> dict[str, int]:
    """The weights one step nearer to the goal. A region that does not answer is left out at once."""
    return {name: _step(present.get(name, 0), weight) for name, weight in goal.items()}


def _step(present: int, goal: int) -> int:
    if goal == 0:
        return 0
    return max(present - STEP, min(present + STEP, goal))

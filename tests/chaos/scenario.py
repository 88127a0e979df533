"""What a scenario is, and how it is played."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.bed import PIPELINE, Bed
from tests.chaos.clients import Refused
from tests.chaos.run import Run
from tests.support.checkout import ROOT

Findings = list[str]


@dataclass(frozen=True)
class Scenario:
    """One way to make things hard.

    Attributes:
        play: drives the run and returns what is wrong at its end.
        points: crash points and how often each strikes; each has to be hit exactly so often.
        services: those that run.
    """

    name: str
    play: Callable[[Run], Findings]
    points: Mapping[str, int] = field(default_factory=dict)
    services: tuple[str, ...] = PIPELINE
    replicas: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What came of a scenario: nothing found means that everything held.

    Attributes:
        orders: that were taken.
        kills: processes that were ended by SIGKILL, at a crash point or from outside.
    """

    scenario: Scenario
    findings: Findings
    hits: Mapping[str, int]
    orders: int
    kills: int
    seconds: float


def play(bed: Bed, scenario: Scenario, root: Path = ROOT) -> Result:
    """Plays a scenario with the services of the checkout at `root`."""
    began = time.monotonic()
    with bed.run(
        crash_points=scenario.points,
        root=root,
        services=scenario.services,
        replicas=scenario.replicas,
        environment=scenario.environment,
    ) as run:
        try:
            findings = scenario.play(run)
        except (TimeoutError, Refused) as fault:
            findings = [str(fault)]
        hits = {point: run.hit(point) for point in scenario.points}
        findings += [
            f"the crash point {point} was hit {hits[point]} times instead of {times}"
            for point, times in scenario.points.items()
            if hits[point] != times
        ]
        (taken,) = run.books.rows("SELECT count(*) AS n FROM sales_order")
        return Result(scenario, findings, hits, taken["n"], sum(hits.values()) + run.kills, time.monotonic() - began)

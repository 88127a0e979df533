"""The report as Markdown."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.common.faults import POINTS
from tests.chaos.sabotage import Catch
from tests.chaos.scenario import Result

PAGE = """\
# Nothing lost, nothing twice: what the harness found

Run of {day} on {cores} shared cores, {minutes:.0f} minutes, seed {seed}: {kills} processes killed,
**{broken} violations**, **{caught} of {bugs} seeded bugs caught**.

Written by `make chaos`. The services run as processes over a real PostgreSQL, the AWS emulator behind a proxy, the
CCP's simulator and the mail sink. After each scenario a checker that shares nothing with the services reads the
database, the CCP's ledger, S3 and the mail sink, and checks I1 to I7. The leases of a dead process, and at the end of
some scenarios the order service's pauses before it asks the CCP again, are let run out at once, so that waiting is not
most of the run; nothing else of the recovery is helped along.

To repeat it: `{command}`. The
seed fixes who orders what, whom a kill strikes and what the proxy does; how processes interleave it cannot fix.

## Scenarios

| scenario | processes killed | seconds | violations |
|---|---|---|---|
{scenarios}

## Violations

{violations}

## Crash points

| point | when the process dies | proven hits |
|---|---|---|
{points}

## Seeded bugs

Each is one line, made in a copy of the services; its scenario is green without it.

| bug | file | scenario | what it found |
|---|---|---|---|
{catches}
"""


@dataclass(frozen=True)
class Sizes:
    """How much of everything.

    Attributes:
        orders: of the largest scenarios.
        times: how often each crash point strikes.
        outage: seconds for which S3 and SQS are down.
        numbers: that 16 writers draw.
        seed: repeats a run's choices.
    """

    orders: int
    times: int
    outage: float
    numbers: int
    seed: int

    @property
    def command(self) -> str:
        """What runs the harness so."""
        return "python -m tests.chaos.report " + " ".join(f"--{name} {value}" for name, value in vars(self).items())


def render(sizes: Sizes, results: Sequence[Result], catches: Sequence[Catch], seconds: float) -> str:
    """The report."""
    broken = [f"- {result.scenario.name}: {finding}" for result in results for finding in result.findings]
    hits = {point: sum(result.hits.get(point, 0) for result in results) for point in POINTS}
    return PAGE.format(
        day=f"{datetime.now(UTC):%d %B %Y}",
        cores=os.cpu_count(),
        minutes=seconds / 60,
        seed=sizes.seed,
        kills=sum(result.kills for result in results),
        broken=len(broken),
        caught=sum(bool(catch.finding) for catch in catches),
        bugs=len(catches),
        command=sizes.command,
        scenarios="\n".join(
            f"| {r.scenario.name} | {r.kills} | {r.seconds:.0f} | {len(r.findings)} |" for r in results
        ),
        violations="\n".join(broken) or "None.",
        points="\n".join(f"| {point} | {what} | {hits[point]} |" for point, what in POINTS.items()),
        catches="\n".join(map(_row, catches)),
    )


def _row(catch: Catch) -> str:
    found = (catch.finding or "**nothing**").replace("|", "\\|").replace("\n", " ")
    return f"| {catch.sabotage.what} | `services/{catch.sabotage.file}` | {catch.sabotage.scenario.name} | {found} |"

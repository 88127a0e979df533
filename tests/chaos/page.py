"""The report as Markdown."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.common.faults import POINTS
from tests.chaos.catalogue import Sizes
from tests.chaos.sabotage import Catch
from tests.chaos.scenario import Result
from tests.chaos.trials import Verdict

PAGE = """\
# Nothing lost, nothing twice: what the harness found

{state}Run of {day} at commit `{commit}` on {cores} shared cores, {minutes:.0f} minutes, seed {seed}: {orders} orders,
{kills} processes killed, **{broken} violations**, **{caught} of {bugs} seeded bugs caught**.

The services run as processes over a real PostgreSQL, the AWS emulator and the CCP's simulator, each behind a proxy, and
the mail sink. After each scenario a checker that shares nothing with the services reads the database, the CCP's ledger,
S3 and the mail sink, and checks I1 to I7 of the design, and two more. I8: no licence key lies in clear in the
database, in S3 or in a log. I9: what the changes of an item's licences come to is its quantity and what the CCP's
ledger has of it; each change was made there once, none stays open, and each has its one credit note or invoice.

The leases of a killed process, and in some scenarios the pauses before the CCP is asked again, are let run out at once,
so that waiting is not most of the run; nothing else of the recovery is helped.

To repeat it: `{command}`. The seed fixes who orders what, whom a kill strikes and what the proxies do; how processes
interleave it cannot fix.

## Scenarios

| scenario | orders | killed | seconds | violations |
|---|---|---|---|---|
{scenarios}

## Violations

{violations}

## Crash points

| point | when the process dies | proven hits |
|---|---|---|
{points}

## Seeded bugs

Each is one line, made in a copy of the services. A bug counts only if its scenario finds nothing without it.

| bug | file | scenario | without it | what it found |
|---|---|---|---|---|
{catches}

## Beside the bed

The platform as `make up` makes it, and the order service before the CCP.

| what | seconds | outcome | figures |
|---|---|---|---|
{verdicts}
"""

UNFINISHED = "**This run is not complete.** "


@dataclass
class Report:
    """What a run has found so far; `controls` are the hunting scenarios without a bug."""

    day: str
    commit: str
    sizes: Sizes
    seed: int
    seconds: float = 0
    complete: bool = False
    results: list[Result] = field(default_factory=list)
    controls: list[Result] = field(default_factory=list)
    catches: list[Catch] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was broken and no bug was missed."""
        clean = not any(result.findings for result in (*self.results, *self.controls))
        return clean and all(map(self.caught, self.catches)) and all(verdict.passed for verdict in self.verdicts)

    def caught(self, catch: Catch) -> bool:
        """Whether the bug was noticed by a scenario that finds nothing without it."""
        return bool(catch.finding) and self.clean(catch)

    def clean(self, catch: Catch) -> bool:
        """Whether the bug's scenario finds nothing without it."""
        name = catch.sabotage.scenario.name
        return any(control.scenario.name == name and not control.findings for control in self.controls)


def render(report: Report) -> str:
    """The report."""
    played = [*report.results, *report.controls]
    broken = [f"- {result.scenario.name}: {finding}" for result in played for finding in result.findings]
    hits = {point: sum(result.hits.get(point, 0) for result in report.results) for point in POINTS}
    return PAGE.format(
        state="" if report.complete else UNFINISHED,
        day=report.day,
        commit=report.commit,
        cores=os.cpu_count(),
        minutes=report.seconds / 60,
        seed=report.seed,
        orders=sum(result.orders for result in played),
        kills=sum(result.kills for result in played),
        broken=len(broken),
        caught=sum(map(report.caught, report.catches)),
        bugs=len(report.catches),
        command=f"python -m tests.chaos.report --orders {report.sizes.orders} --seed {report.seed}",
        scenarios=_table(
            (result.scenario.name, result.orders, result.kills, round(result.seconds), len(result.findings))
            for result in report.results
        ),
        violations="\n".join(broken) or "None.",
        points=_table((point, what, hits[point]) for point, what in POINTS.items()),
        catches=_table(
            (
                catch.sabotage.what,
                f"`services/{catch.sabotage.file}`",
                catch.sabotage.scenario.name,
                "nothing" if report.clean(catch) else "**violations**",
                catch.finding or "**nothing**",
            )
            for catch in report.catches
        ),
        verdicts=_table(
            (
                verdict.trial.name,
                round(verdict.seconds),
                "held" if verdict.passed else "**broken**",
                "<br>".join(verdict.figures),
            )
            for verdict in report.verdicts
        ),
    )


def _table(rows: Iterable[Sequence[object]]) -> str:
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in rows)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")

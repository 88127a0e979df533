"""A result in a line, and in sentences; for the console, the page and the documentation."""

from collections.abc import Sequence

from tests.drill.events import NO_ANSWER
from tests.drill.figures import percentile
from tests.drill.scenario import Result

COLUMNS = (
    "scenario",
    "orders",
    "lost",
    "doubled",
    "parked",
    "RTO",
    "RPO",
    "longest pause",
    "503",
    "no answer",
    "other 5xx",
    "",
)


def cells(result: Result) -> tuple[str, ...]:
    """One row of the table."""
    found = result.figures
    return (
        result.scenario.name,
        str(found.accepted),
        str(result.lost),
        str(result.doubled),
        str(sum(result.parked.values())),
        "" if result.rto is None else recovery_time(result),
        "" if result.missing is None else f"{result.missing} orders",
        f"{found.pause:.1f} s",
        str(found.statuses.get(503, 0)),
        str(found.statuses.get(NO_ANSWER, 0)),
        str(found.faults),
        "held" if result.held else f"BROKEN ({len(result.findings)})",
    )


def recovery_time(result: Result) -> str:
    """As customers saw it here, and what the drill has leapt over: in the cloud it takes both."""
    leapt = f" and {result.leapt / 60:.0f} min leapt over" if result.leapt else ""
    return f"{result.rto or 0.0:.1f} s{leapt}"


def words(result: Result) -> list[str]:
    """What else there is to tell."""
    found = result.figures
    statuses = ", ".join(f"{count} times {status or 'no answer'}" for status, count in found.statuses.items())
    return [
        f"{found.accepted} of {found.begun} orders taken; answers: {statuses}",
        f"longest time without an accepted order {found.pause:.2f} s, from {found.pause_at:.0f} s on",
        f"the slowest order took {found.slowest:.1f} s from its first try on",
        *(f"{count} parked for a person: {reason}" for reason, count in result.parked.items()),
        *(f"left of the loss: {one}" for one in result.explained),
        *(f"{name}: {value}" for name, value in result.notes.items()),
    ]


def last_words(results: Sequence[Result]) -> list[str]:
    """The four figures, over everything that was played."""
    gaps = [gap for result in results for gap in result.figures.gaps]
    rtos = [f"{recovery_time(one)} ({one.scenario.name})" for one in results if one.rto is not None]
    missing = {result.scenario.name: result.missing for result in results if result.missing is not None}
    lines = []
    if gaps:
        lines.append(
            f"switches {len(gaps)}, longest time without an order p50 {percentile(gaps, 0.5):.2f} s, "
            f"p99 {percentile(gaps, 0.99):.2f} s"
        )
    lines += [
        "RTO      " + (", ".join(rtos) or "nothing was lost"),
        "RPO      " + (", ".join(f"{count} orders ({name})" for name, count in missing.items()) or "no failover"),
        f"lost     {sum(result.lost for result in results)}",
        f"doubled  {sum(result.doubled for result in results)}",
        f"parked   {sum(sum(result.parked.values()) for result in results)}",
    ]
    return lines

"""The whole harness and its report: `python -m tests.chaos.report`, which writes docs/chaos.md.

Each scenario and each seeded bug is played in turn; the exit status is 1 if an invariant was broken or a bug missed.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.chaos import bed as beds
from tests.chaos import scenarios, storms
from tests.chaos.bed import Bed
from tests.chaos.page import Sizes, render
from tests.chaos.sabotage import SABOTAGES, Catch, hunt
from tests.chaos.scenario import Result, Scenario, play
from tests.support.checkout import ROOT

REPORT = ROOT / "docs" / "chaos.md"


def long_scenarios(sizes: Sizes) -> Iterator[Scenario]:
    """Everything but the seeded bugs."""
    yield scenarios.every_point(sizes.times)
    yield scenarios.operator_points(sizes.times)
    yield storms.random_deaths(sizes.orders)
    yield storms.duplicates(sizes.orders)
    yield storms.erring_provider(sizes.orders // 2)
    yield storms.replayed(max(10, sizes.orders // 4))
    yield storms.aws_down(sizes.orders // 2, sizes.outage)
    yield storms.database_down(sizes.orders // 4, sizes.outage / 2)
    yield storms.database_crashes(sizes.orders // 4, max(2, sizes.times // 4))
    yield storms.writers(sizes.numbers, 16)
    yield scenarios.BAD_NETWORK
    yield scenarios.SES_ANSWER_LOST
    yield scenarios.LATE_EVIDENCE
    yield scenarios.SLOW_PROVIDER
    yield scenarios.SHORT_SALES
    yield scenarios.ALTERED
    yield scenarios.KEYS


def main(arguments: Sequence[str]) -> int:
    """Runs everything and writes the report."""
    sizes, target, bugs = parse(arguments)
    began = time.monotonic()
    results: list[Result] = []
    catches: list[Catch] = []
    with beds.running(sizes.seed) as bed:
        results += [_told(play(bed, scenario)) for scenario in long_scenarios(sizes)]
        if bugs:
            catches = list(_hunted(bed))
    text = render(sizes, results, catches, time.monotonic() - began)
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{target}\n")
    good = not any(result.findings for result in results) and all(catch.finding for catch in catches)
    return 0 if good else 1


def parse(arguments: Sequence[str]) -> tuple[Sizes, Path, bool]:
    """Sizes, the report's file, and whether bugs are seeded."""
    parser = argparse.ArgumentParser("python -m tests.chaos.report", description="Everything that may go wrong.")
    parser.add_argument("--orders", type=int, default=200, help="orders of the largest scenarios")
    parser.add_argument("--times", type=int, default=20, help="how often each crash point strikes")
    parser.add_argument("--outage", type=float, default=120, help="seconds for which S3 and SQS are down")
    parser.add_argument("--numbers", type=int, default=10_000, help="numbers that 16 writers draw")
    parser.add_argument("--seed", type=int, default=20261122, help="repeats a run's choices")
    parser.add_argument("--no-bugs", action="store_true", help="leave the seeded bugs out")
    parser.add_argument("--out", type=Path, default=REPORT, help="the report")
    given = parser.parse_args(arguments)
    return Sizes(given.orders, given.times, given.outage, given.numbers, given.seed), given.out, not given.no_bugs


def _told(result: Result) -> Result:
    word = "held" if not result.findings else f"BROKEN: {result.findings[0]}"
    sys.stdout.write(f"{result.seconds:6.0f} s  {result.kills:4} kills  {result.scenario.name}: {word}\n")
    sys.stdout.flush()
    return result


def _hunted(bed: Bed) -> Iterator[Catch]:
    for sabotage in SABOTAGES:
        catch = hunt(bed, sabotage)
        word = f"caught: {catch.finding}" if catch.finding else "MISSED"
        sys.stdout.write(f"{catch.seconds:6.0f} s  {sabotage.what}: {word}\n")
        sys.stdout.flush()
        yield catch


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m tests.drill`: brings two regions up, plays the scenarios on them, and writes the report."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.report import commit
from tests.drill.catalogue import catalogue
from tests.drill.page import Circumstances, page
from tests.drill.scenario import Result, Scenario, play
from tests.drill.stage import Stage, on, running
from tests.drill.summary import last_words, words
from tests.drill.timeline import draw
from tests.support.checkout import ROOT

PAGE = ROOT / "build" / "drill" / "index.html"
REGIONS = ("eu", "apac")
SWITCHES, RATE = 10, 5.0


@dataclass(frozen=True)
class Wish:
    """What is asked for."""

    scenarios: Sequence[Scenario]
    rate: float
    page: Path
    on: Path | None
    command: str


def main(arguments: Sequence[str]) -> int:
    """Plays everything that is asked for; 1 if an invariant is broken, or nothing was played."""
    wish, began = parse(arguments), time.monotonic()
    results: list[Result] = []
    there = nullcontext(on(wish.on, REGIONS, wish.rate)) if wish.on else running(REGIONS, wish.rate)
    with there as stage:
        _say(began, f"{' and '.join(REGIONS)} are up")
        for scenario in wish.scenarios:
            results.append(_played(stage, scenario, began))
            of = Circumstances(
                f"{datetime.now(UTC):%d %B %Y}",
                commit(),
                wish.command,
                wish.rate,
                os.cpu_count() or 1,
                time.monotonic() - began,
            )
            wish.page.parent.mkdir(parents=True, exist_ok=True)
            wish.page.write_text(page(results, of), encoding="utf-8")
            picture = draw(scenario.title, results[-1].recording)
            wish.page.with_name(f"{scenario.name}.svg").write_text(picture, encoding="utf-8")
    sys.stdout.write("\n" + "\n".join(last_words(results)) + f"\n{wish.page}\n")
    return 0 if results and all(result.held for result in results) else 1


def _played(stage: Stage, scenario: Scenario, began: float) -> Result:
    _say(began, scenario.title)
    result = play(stage, scenario)
    for line in words(result):
        _say(began, f"    {line}")
    for finding in result.findings:
        _say(began, f"    ✗ {finding}")
    _say(began, f"    {'held' if result.held else 'BROKEN'}: {result.lost} lost, {result.doubled} doubled")
    return result


def parse(arguments: Sequence[str]) -> Wish:
    """What the command line asks for."""
    parser = argparse.ArgumentParser("python -m tests.drill", description="Two regions under load, and what befalls.")
    parser.add_argument("--only", default="", metavar="NAMES", help="scenarios by their names, with commas between")
    parser.add_argument("--switches", type=int, default=SWITCHES, help="planned ones")
    parser.add_argument("--orders-per-second", type=float, default=RATE)
    parser.add_argument("--day", action="store_true", help="a day of 24 hours in 24 minutes, in the end")
    parser.add_argument("--on", type=Path, metavar="ROOT", help="a checkout whose regions are up; else one is made")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page; each picture lies beside it")
    told = parser.parse_args(arguments)
    known = catalogue(told.switches, day=told.day)
    names = [name for name in told.only.split(",") if name]
    unknown = sorted(set(names) - {scenario.name for scenario in known})
    if unknown:
        parser.error(f"there is no scenario {unknown[0]}; there are {', '.join(one.name for one in known)}")
    chosen = [scenario for scenario in known if not names or scenario.name in names]
    command = " ".join(("python -m tests.drill", *arguments))
    return Wish(chosen, told.orders_per_second, told.out, told.on, command)


def _say(began: float, text: str) -> None:
    sys.stdout.write(f"{time.monotonic() - began:6.0f} s  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

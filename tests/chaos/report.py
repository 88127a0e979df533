"""The whole harness and its report: `python -m tests.chaos.report`, which writes docs/chaos.md.

The largest scenario has a bed of its own; beside it all others, the seeded bugs and the trials are played in turn. The
exit status is 1 if an invariant was broken or a bug missed. The report is written anew after each of them, so that a
run that is broken off leaves what it has found.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos import bed as beds
from tests.chaos import trials
from tests.chaos.bed import Bed
from tests.chaos.bugs import SABOTAGES
from tests.chaos.catalogue import ORDERS, Sizes, catalogue, largest
from tests.chaos.page import Report, render
from tests.chaos.progress import Progress
from tests.chaos.sabotage import Catch, Sabotage, hunt
from tests.chaos.scenario import Result, Scenario, play
from tests.support.checkout import ROOT

PAGE = ROOT / "docs" / "chaos.md"
PARTIAL = Path(tempfile.gettempdir()) / "cloud-sales-chaos.md"
SEED = 20261122


@dataclass(frozen=True)
class Wish:
    """What is asked for: sizes, a seed, a part of the names to play, and where the report goes."""

    sizes: Sizes
    seed: int
    only: str
    page: Path

    def wants(self, name: str) -> bool:
        """Whether the scenario, bug or trial is to be played."""
        return self.only.lower() in name.lower()


@dataclass
class Session:
    """A run of the harness: plays, tells and writes down."""

    wish: Wish
    report: Report
    began: float = field(default_factory=time.monotonic)
    writing: threading.Lock = field(default_factory=threading.Lock)

    def largest(self, bed: Bed) -> None:
        """The largest scenario."""
        self._keep_played(bed, largest(self.wish.sizes))

    def others(self, bed: Bed) -> None:
        """All the rest."""
        for scenario in catalogue(self.wish.sizes):
            self._keep_played(bed, scenario)
        self._bugs(bed)
        self._trials()

    def _keep_played(self, bed: Bed, scenario: Scenario) -> None:
        if self.wish.wants(scenario.name):
            self._keep(self.report.results.append, self._play(bed, scenario))

    def _bugs(self, bed: Bed) -> None:
        """The seeded bugs; each scenario that hunts one is played without a bug first."""
        controls: dict[str, Result] = {}
        for sabotage in (one for one in SABOTAGES if self.wish.wants(f"bug: {one.what}")):
            scenario = sabotage.scenario
            if scenario.name not in controls:
                controls[scenario.name] = self._play(bed, scenario, "control: ")
                self._keep(self.report.controls.append, controls[scenario.name])
            with Progress(bed, f"bug: {sabotage.what}"):
                catch = _hunted(bed, sabotage)
            _say(catch.seconds, f"bug: {sabotage.what}: {catch.finding or 'MISSED'}")
            self._keep(self.report.catches.append, catch)

    def _trials(self) -> None:
        """The tests beside the bed."""
        for trial in (one for one in trials.TRIALS if self.wish.wants(one.name)):
            _say(0, f"begins: {trial.name}")
            verdict = trials.run(trial)
            _say(verdict.seconds, f"{trial.name}: {'held' if verdict.passed else 'BROKEN'} {verdict.figures}")
            self._keep(self.report.verdicts.append, verdict)

    def end(self) -> None:
        """Nothing more comes."""
        self.report.complete = not self.wish.only
        self._keep(lambda _: None, None)

    def _play(self, bed: Bed, scenario: Scenario, prefix: str = "") -> Result:
        with Progress(bed, prefix + scenario.name):
            result = _played(bed, scenario)
        word = "held" if not result.findings else f"BROKEN: {result.findings[0]}"
        _say(result.seconds, f"{prefix}{scenario.name}: {word}; {result.kills} kills")
        return result

    def _keep(self, keep: Callable[..., None], what: object) -> None:
        with self.writing:
            keep(what)
            self.report.seconds = time.monotonic() - self.began
            self.wish.page.parent.mkdir(exist_ok=True)
            self.wish.page.write_text(render(self.report), encoding="utf-8")


def _played(bed: Bed, scenario: Scenario) -> Result:
    """What came of the scenario; one that cannot be played to its end is broken, and the next one has its turn."""
    began = time.monotonic()
    try:
        return play(bed, scenario)
    except Exception as fault:  # noqa: BLE001 - told whole; a long run outlives one scenario
        traceback.print_exc()
        finding = f"not played to its end: {type(fault).__name__}: {fault}"
        return Result(scenario, [finding], {}, 0, 0, time.monotonic() - began)


def _hunted(bed: Bed, sabotage: Sabotage) -> Catch:
    """What the scenario found; a hunt that cannot be played to its end has caught nothing."""
    began = time.monotonic()
    try:
        return hunt(bed, sabotage)
    except Exception:  # noqa: BLE001 - told whole; a long run outlives one hunt
        traceback.print_exc()
        return Catch(sabotage, "", time.monotonic() - began)


def main(arguments: Sequence[str]) -> int:
    """Runs everything and writes the report."""
    wish = parse(arguments)
    report = Report(f"{datetime.now(UTC):%d %B %Y}", commit(), wish.sizes, wish.seed)
    session = Session(wish, report)
    with beds.running(wish.seed) as one, beds.running(wish.seed) as other, ThreadPoolExecutor(2) as lanes:
        played = [lanes.submit(session.largest, one), lanes.submit(session.others, other)]
    for lane in played:
        lane.result()
    session.end()
    sys.stdout.write(f"{wish.page}\n")
    return 0 if report.good else 1


def parse(arguments: Sequence[str]) -> Wish:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        "python -m tests.chaos.report",
        description="All that may go wrong. The whole takes more than an hour on two cores that do nothing else.",
    )
    parser.add_argument("--orders", type=int, default=ORDERS, help="of the largest scenarios; all else scales with it")
    parser.add_argument("--seed", type=int, default=SEED, help="repeats a run's choices")
    parser.add_argument("--only", default="", metavar="TEXT", help="what has this text in its name, and nothing else")
    parser.add_argument(
        "--out",
        type=Path,
        help="the report; else docs/chaos.md, or with --only a temporary file",
    )
    given = parser.parse_args(arguments)
    page = given.out or (PARTIAL if given.only else PAGE)
    return Wish(Sizes.of(given.orders), given.seed, given.only, page)


def commit() -> str:
    """The commit that is played, and whether files differ from it."""
    known = _git("rev-parse", "--short=12", "HEAD")
    return known + (" + changes" if _git("status", "--porcelain", "--", ":!docs/chaos.md") else "")


def _git(*words: str) -> str:
    done = subprocess.run(("git", *words), cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def _say(seconds: float, text: str) -> None:
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {seconds:6.0f} s  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

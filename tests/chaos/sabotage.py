"""Seeded bugs: one-line sabotages of the services, each of which has to turn a scenario red.

A harness that stays green whatever one does to the product proves nothing. Each sabotage is made in a copy of the
services; a scenario counts only if it is green without the sabotage.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.bed import Bed
from tests.chaos.scenario import Scenario, play
from tests.support.checkout import ROOT


class SabotageOutdated(Exception):
    """The line to be sabotaged is not there, or not just once: the sabotage has to follow the code."""


@dataclass(frozen=True)
class Sabotage:
    """A bug that somebody might introduce.

    Attributes:
        what: the bug in words.
        file: below `services/`.
        old: text that stands in the file exactly once.
        new: what it becomes.
        scenario: what has to notice.
    """

    what: str
    file: str
    old: str
    new: str
    scenario: Scenario

    def apply(self, root: Path) -> None:
        """Makes the change in the checkout at `root`.

        Raises:
            SabotageOutdated: the old text does not stand in the file exactly once.
        """
        path = root / "services" / self.file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if text.count(self.old) != 1:
            raise SabotageOutdated(f"{self.what}: {self.old!r} stands {text.count(self.old)} times in {self.file}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Catch:
    """What a scenario said of a sabotage; an empty `finding` means that the bug went unnoticed."""

    sabotage: Sabotage
    finding: str
    seconds: float


@contextmanager
def sabotaged(sabotage: Sabotage) -> Iterator[Path]:
    """A copy of the services with the bug in it."""
    with tempfile.TemporaryDirectory(prefix="cloud-sales-sabotage-") as name:
        root = Path(name)
        shutil.copytree(ROOT / "services", root / "services", ignore=shutil.ignore_patterns("__pycache__"))
        sabotage.apply(root)
        yield root


def hunt(bed: Bed, sabotage: Sabotage) -> Catch:
    """Plays the scenario against the sabotaged services."""
    with sabotaged(sabotage) as root:
        result = play(bed, sabotage.scenario, root)
    return Catch(sabotage, result.findings[0] if result.findings else "", result.seconds)

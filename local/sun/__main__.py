"""`python -m local.sun`: draws a day of the schedule; without choices the one of the documentation."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from local.machine.errors import LocalError
from local.sun.choosing import chosen_day, chosen_regions
from local.sun.clocks import clock
from local.sun.day import Day, lived
from local.sun.drawing import draw
from stacks.reading import SettingsError

ROOT = Path(__file__).resolve().parents[2]
PICTURE = Path("docs") / "img" / "sun.svg"
CHOSEN = Path("build") / "sun.svg"
DAY = "2026-03-29"
"""In its night the clocks of Dublin change."""


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Draw; answers with the exit code."""
    parser = argparse.ArgumentParser("python -m local.sun", description="A day of the schedule, as a picture.")
    parser.add_argument("--day", default="", help=f"by UTC, for example {DAY}")
    parser.add_argument("--regions", default="", help="names, or name:zone: eu,apac,us or eu,au:Australia/Sydney")
    options = parser.parse_args(arguments)
    picture = root / (CHOSEN if options.day or options.regions else PICTURE)
    try:
        day = lived(chosen_regions(options.regions, ROOT), chosen_day(options.day or DAY))
    except (LocalError, SettingsError) as error:
        Console(stderr=True).print(f"✗ {error}", highlight=False, markup=False, soft_wrap=True)
        return 1
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(draw(day), encoding="utf-8")
    Console().print(f"{_summary(day)}\n{picture}", highlight=False, markup=False, soft_wrap=True)
    return 0


def _summary(day: Day) -> str:
    lines = [f"{day.start:%Y-%m-%d}, at 00:00 UTC {day.moments[0].writer} writes"]
    for moment in day.hand_overs:
        clocks = ", ".join(f"{region.name} {clock(region, moment.at)}" for region in day.regions)
        lines.append(f"  {moment.at:%H:%M} UTC  {moment.writer} takes over   ({clocks})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

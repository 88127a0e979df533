"""`python -m local.picture`: draws the picture of the first region anew, or checks that it is current."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from local.host import HostError, capture
from local.machine.errors import LocalError
from local.picture.drawing.picture import draw
from local.picture.errors import PictureError
from local.picture.reading.region import read_region
from services.registry import SERVICES

STACK = "eu"
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "img" / "system.svg"


def main(arguments: Sequence[str] | None = None, picture: Path = PICTURE) -> int:
    """Draw or check; answers with the exit code."""
    parser = argparse.ArgumentParser("python -m local.picture", description="The picture of a region, from its model.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the stored picture is stale")
    options = parser.parse_args(arguments)
    try:
        drawn = draw(read_region(capture(STACK), SERVICES))
        if options.check:
            check(drawn, picture)
        else:
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_text(drawn, encoding="utf-8")
    except (HostError, LocalError) as error:
        Console(stderr=True).print(f"✗ {error}", highlight=False, markup=False, soft_wrap=True)
        return 1
    return 0


def check(drawn: str, picture: Path) -> None:
    """Compares the stored picture with what would be drawn.

    Raises:
        PictureError: it is missing or shows another model.
    """
    if not picture.exists():
        raise PictureError(f"{picture} is missing: run `make picture`")
    if picture.read_text(encoding="utf-8") != drawn:
        raise PictureError(f"{picture} no longer shows what the program declares: run `make picture` and commit it")


if __name__ == "__main__":
    sys.exit(main())

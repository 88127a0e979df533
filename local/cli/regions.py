"""Which regions a checkout runs, and where each has its places."""

import json
from collections.abc import Sequence
from pathlib import Path

from local.machine.errors import LocalError
from local.machine.layout import Layout

FILE = "regions.json"
FIRST = "eu"
"""The region that runs where nobody says which, and whose server of the database is the first to write."""
_WORLDWIDE = "global"


def choose(layout: Layout, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The regions to run: those of the last run, or those that are asked for.

    Raises:
        LocalError: there is no such region, or what is kept was made for others.
    """
    kept = _kept(layout)
    if asked is None:
        return kept or (FIRST,)
    known = _stacks(layout.root)
    if unknown := [name for name in asked if name not in known]:
        raise LocalError(f"REGIONS={','.join(asked)}: there is no region {unknown[0]}; there are {', '.join(known)}")
    wanted = tuple(sorted(set(asked), key=lambda name: (name != FIRST, name)))
    if kept and set(kept) != set(wanted):
        raise LocalError(
            f"REGIONS={','.join(asked)}: what this checkout keeps was made for REGIONS={','.join(kept)}; "
            "leave REGIONS out to go on with that, or clear it with `make reset`"
        )
    return kept or wanted


def remember(layout: Layout, regions: Sequence[str]) -> None:
    """Keep them for the commands that come later."""
    (layout.state / FILE).write_text(json.dumps(regions))


def homes(layout: Layout, regions: Sequence[str] | None = None) -> dict[str, Layout]:
    """The places of each region; one alone has those of the machine.

    Args:
        layout: the machine's.
        regions: which; those of the last run, if none are given.
    """
    names = regions or _kept(layout) or (FIRST,)
    return {names[0]: layout} if len(names) == 1 else {name: layout.of_region(name) for name in names}


def _kept(layout: Layout) -> tuple[str, ...]:
    file = layout.state / FILE
    if file.exists():
        return tuple(json.loads(file.read_text()))
    return (FIRST,) if (layout.state / "model.json").exists() else ()  # of a version that knew one region only


def _stacks(root: Path) -> list[str]:
    return sorted({path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml")} - {_WORLDWIDE})

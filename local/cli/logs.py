"""`logs`: the ends of the programs' logs, once or for as long as one looks.

With several regions, those of a region are named `<region>/<name>`.
"""

import os
from pathlib import Path

from local.cli.regions import homes
from local.machine.errors import LocalError
from local.machine.layout import layout_of

LINES = 40


def logs(root: Path, name: str | None, *, follow: bool) -> None:
    """Become `tail` on one log, or on all of them.

    Raises:
        LocalError: there is no such log.
    """
    layout = layout_of(root)
    found = {
        str(Path(home.region, path.stem)): path
        for home in dict.fromkeys((layout, *homes(layout).values()))
        for path in sorted(home.logs.glob("*.log"))
    }
    if not found:
        raise LocalError("there are no logs yet; start the platform with `make up`")
    if name is not None and name not in found:
        raise LocalError(f"there is no log named {name}; there are {', '.join(found)}")
    chosen = [found[name]] if name else list(found.values())
    options = ["-n", str(LINES), *(["-F"] if follow else [])]
    os.execvp("tail", ["tail", *options, *map(str, chosen)])  # noqa: S606 (no shell is wanted)

"""Room on the disk, asked for before anything is begun: a full disk shows itself late and in many disguises."""

import shutil
from pathlib import Path

from local.machine.errors import LocalError

MEBIBYTE = 1 << 20
NEEDED = 256
"""In MiB. A new run writes some 50 MiB; PostgreSQL's log of changes and the programs' logs may grow to the rest."""


def ensure_room(directory: Path) -> None:
    """Refuse to begin where a run would soon fill the disk.

    Raises:
        LocalError: says how much is free and where.
    """
    free = shutil.disk_usage(directory).free // MEBIBYTE
    if free < NEEDED:
        raise LocalError(
            f"the disk of {directory} has {free} MiB left and a run needs {NEEDED}; make room and try again"
        )

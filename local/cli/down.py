"""`down` and `reset`: a clean stop, with the state kept or cleared."""

import shutil
from pathlib import Path

from rich.console import Console

from local.cli.lock import exclusively
from local.machine.errors import LocalError
from local.machine.layout import layout_of
from local.machine.privileges import database_home, make_private
from local.machine.supervisor import Supervisor


def down(root: Path, console: Console) -> None:
    """Stop every process; whatever they wrote stays.

    Raises:
        LocalError: some process had to be killed.
    """
    layout = layout_of(root)
    make_private(layout)
    with exclusively(layout, "down"):
        supervisor = Supervisor(layout)
        was_running = supervisor.running()
        killed = _stop(supervisor, console)
    if killed:
        pids = ", ".join(map(str, killed))
        raise LocalError(f"stopped, but these processes had to be killed: {pids}", supervisor.log("supervisord"))
    console.print("stopped; the state is kept" if was_running else "nothing was running")


def reset(root: Path, console: Console) -> None:
    """Stop every process and remove all that the run has ever written."""
    layout = layout_of(root)
    make_private(layout)
    with exclusively(layout, "reset"):
        _stop(Supervisor(layout), console)
        for directory in (layout.runtime, database_home(layout).base, layout.state):
            if directory is not None and directory.exists():
                shutil.rmtree(directory)
    console.print("stopped; the state is cleared")


def _stop(supervisor: Supervisor, console: Console) -> list[int]:
    with console.status("stopping ..."):
        return supervisor.stop()

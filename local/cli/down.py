"""`down` and `reset`: a clean stop, with the state kept or cleared."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console

from local.cli.lock import exclusively
from local.cli.regions import homes
from local.machine.aurora.standby import is_standby
from local.machine.errors import LocalError
from local.machine.layout import Layout, layout_of
from local.machine.privileges import database_home, make_private
from local.machine.program import Tier
from local.machine.supervisor import Supervisor


def down(root: Path, console: Console) -> None:
    """Stop every process; whatever they wrote stays.

    Raises:
        LocalError: some process had to be killed.
    """
    layout = layout_of(root)
    make_private(layout)
    with exclusively(layout, "down"):
        supervisors = _supervisors(layout)
        was_running = any(supervisor.running() for supervisor in supervisors)
        killed = _stop(supervisors, console)
    for supervisor, late in killed.items():
        pids = ", ".join(map(str, late))
        raise LocalError(f"stopped, but these processes had to be killed: {pids}", supervisor.log("supervisord"))
    console.print("stopped; the state is kept" if was_running else "nothing was running")


def reset(root: Path, console: Console) -> None:
    """Stop every process and remove all that the run has ever written."""
    layout = layout_of(root)
    make_private(layout)
    with exclusively(layout, "reset"):
        _stop(_supervisors(layout), console)
        for directory in (layout.runtime, database_home(layout).base, layout.state):
            if directory is not None and directory.exists():
                shutil.rmtree(directory)
    console.print("stopped; the state is cleared")


def _supervisors(layout: Layout) -> list[Supervisor]:
    """In the order of stopping: regions, the one whose server writes last, before what they share."""
    regions = [home for home in homes(layout).values() if home != layout]
    standby_first = sorted(regions, key=lambda home: not is_standby(database_home(home, home.region).data))
    return [Supervisor(home) for home in (*standby_first, layout)]


def _stop(supervisors: list[Supervisor], console: Console) -> dict[Supervisor, list[int]]:
    """The pids that had to be killed, by who ran them. No region's server ends while another's pods still need it."""
    *regions, _ = supervisors
    with console.status("stopping ..."), ThreadPoolExecutor() as together:
        before = {supervisor: supervisor.members() for supervisor in regions}
        list(together.map(lambda supervisor: supervisor.rest_all(Tier.APPLICATION), regions))
        killed = {supervisor: supervisor.stop(before.get(supervisor, ())) for supervisor in supervisors}
    return {supervisor: late for supervisor, late in killed.items() if late}

"""`up`: from nothing, or from whatever runs already, to a region that has mailed its first invoice."""

import signal
import time
from pathlib import Path

import psutil
from rich.console import Console

from local.cli.lock import exclusively
from local.cli.progress import Step, carry_out
from local.cli.run import Run, begin
from local.cli.settings import Settings
from local.cli.steps import demo, infrastructure, region, release
from local.machine.errors import LocalError
from local.machine.layout import layout_of
from local.machine.privileges import make_private

STEPS: tuple[Step[Run], ...] = (
    Step("start the infrastructure", infrastructure.start),
    Step("make the region from its Pulumi program", region.create),
    Step("render its Helm release", release.render),
    Step("create the database", infrastructure.create_database),
    Step("migrate the schema", release.migrate),
    Step("write the demonstration data", demo.write),
    Step("write what its customers did before", demo.write_past),
    Step("have the emulator keep its state", region.keep),
    Step("start the pods and the edge", release.start),
    Step("place the first order", demo.place_first_order),
)


def up(root: Path, console: Console) -> None:
    """Bring the platform up; on a running one, apply what has changed.

    Raises:
        LocalError: an address is held, or another command is at work.
        StepError: a step failed; what this call had started is stopped again.
    """
    layout = layout_of(root)
    make_private(layout)
    with exclusively(layout, "up"):
        run = begin(layout, Settings.read(), console)
        try:
            carry_out(STEPS, run, console)
            run.supervisor.keep()
        except BaseException:
            _tear_down(run, console)
            raise
    seconds = time.time() - psutil.Process().create_time()
    console.print(f"\nup in {seconds:.1f} s\nAPI      {run.api_url}\nmailbox  {run.mail_url}", highlight=False)


def _tear_down(run: Run, console: Console) -> None:
    if not run.fresh:
        console.print("What ran before keeps running.")
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:
        with console.status("stopping what was started ..."):
            run.supervisor.stop()
    except LocalError as error:  # the reason for the tear-down is what the user must read in the end
        console.print(f"✗ stopping what was started: {error}; `make down` tries again", markup=False, soft_wrap=True)

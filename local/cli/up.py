"""`up`: from nothing, or from whatever runs already, to a region that has mailed its first invoice, or to several."""

import signal
import time
from pathlib import Path

import psutil
from rich.console import Console

from local.cli.lock import exclusively
from local.cli.plan import EachRegion, Planned, Several, steps
from local.cli.progress import Step, carry_out
from local.cli.run import Run, begin
from local.cli.settings import Settings
from local.cli.steps import demo, front, infrastructure, region, release, servers
from local.machine.errors import LocalError
from local.machine.layout import layout_of
from local.machine.privileges import make_private

STEPS: tuple[Planned, ...] = (
    Step("start the infrastructure", infrastructure.start),
    Several("start the servers of the database", servers.start),
    EachRegion("make the region from its Pulumi program", region.create),
    EachRegion("render its Helm release", release.render),
    Step("create the database", infrastructure.create_database),
    Step("migrate the schema", release.migrate),
    Step("write the demonstration data", demo.write),
    Step("write what its customers did before", demo.write_past),
    Step("have the emulator keep its state", region.keep),
    EachRegion("start the pods and the edge", release.start),
    Several("start the front", front.start),
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
            carry_out(steps(STEPS, run), run, console)
            for supervisor in run.fresh:
                supervisor.keep()
        except BaseException:
            _tear_down(run, console)
            raise
    seconds = time.time() - psutil.Process().create_time()
    console.print(f"\nup in {seconds:.1f} s\n{_addresses(run)}", highlight=False)


def _addresses(run: Run) -> str:
    edges = [f"  {site.region:<6} {site.edge_url}\n" for site in run.sites if len(run.sites) > 1]
    return f"API      {run.api_url}\n{''.join(edges)}mailbox  {run.mail_url}"


def _tear_down(run: Run, console: Console) -> None:
    if run.supervisor not in run.fresh:
        console.print("What ran before keeps running.")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:
        with console.status("stopping what was started ..."):
            for supervisor in reversed(run.fresh):
                supervisor.stop()
    except LocalError as error:  # the reason for the tear-down is what the user must read in the end
        console.print(f"✗ stopping what was started: {error}; `make down` tries again", markup=False, soft_wrap=True)

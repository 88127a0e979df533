"""The front, which takes the public port where several regions stand behind it."""

from local.cli.run import Run
from local.front.programs import FRONT, programs
from local.front.zone import SharedName
from local.machine import ports
from local.machine.errors import LocalError
from local.machine.waiting import wait_until

READY_SECONDS = 30.0


def start(run: Run) -> None:
    """Start it where the records of the shared name lead to each region's edge.

    Raises:
        LocalError: it does not listen in time.
    """
    edges = {site.region: site.edge_url for site in run.sites}
    shared = SharedName.of(run.sites[0].model)
    supervised = programs(run.layout, run.api.port, run.emulator.endpoint, shared, edges)
    run.api.release()
    run.supervisor.apply(supervised)

    def listens() -> bool:
        return ports.serves(run.api.port, {process.pid for process in run.supervisor.members()})

    if not wait_until(listens, READY_SECONDS):
        raise LocalError(f"the front does not listen after {READY_SECONDS:.0f} s", run.supervisor.log(FRONT))

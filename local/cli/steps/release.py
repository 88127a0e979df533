"""The product itself: the release that the program declares, as processes."""

from collections.abc import Mapping

from local.cli.progress import counted
from local.cli.run import Run, Site
from local.cli.storefront import Storefront
from local.cluster import places
from local.cluster.readiness import read_readiness
from local.cluster.workloads import EDGE, programs, run_jobs
from local.cluster.workloads import start as start_programs
from local.cluster.workloads import workloads as render_release
from local.machine import ports
from local.machine.errors import LocalError
from local.machine.waiting import wait_until

READY_SECONDS = 400.0
CRASHES = 3
"""A pod that has been replaced so often while we wait for it will not become ready by waiting longer."""


def render(_: Run, site: Site) -> str:
    """Render the chart with the values that the program gives it."""
    site.release = render_release(site.model, site.layout)
    return f"{counted(site.release.cluster.jobs, 'job')}, {counted(site.release.cluster.pods, 'pod')}"


def migrate(run: Run) -> None:
    """Run the release's jobs, as Helm would before it touches any pod; once for all regions, which share a database."""
    site = run.sites[0]
    run_jobs(site.release, site.layout)


def start(run: Run, site: Site) -> str:
    """Start the pods, the kubelet and the edge, and wait until all of them are ready.

    Raises:
        LocalError: one is not ready in time, or ends again and again.
    """
    supervised = programs(site.release, site.model, site.layout, site.edge)
    if run.servers is None:  # otherwise the front takes the public port
        run.api.release()
    start_programs(site.supervisor, supervised, site.layout)
    before = _restarts(site)
    wait_until(lambda: not _waiting_for(site) or bool(_crashing(site, before)), READY_SECONDS)
    if crashing := _crashing(site, before):
        raise LocalError(f"these pods end again and again: {', '.join(crashing)}", site.supervisor.log(crashing[0]))
    if late := _waiting_for(site):
        raise LocalError(f"not ready after {READY_SECONDS:.0f} s: {', '.join(late)}", site.supervisor.log(late[0]))
    Storefront.of(run).save(run.layout)
    return f"{len(supervised)} processes"


def _waiting_for(site: Site) -> list[str]:
    """The pods that are not ready, and the edge if it does not listen."""
    states = read_readiness(places.readiness_file(site.layout))
    late = [pod.name for pod in site.release.cluster.pods if pod.name not in states or not states[pod.name].ready]
    ours = {process.pid for process in site.supervisor.members()}
    address, port = site.edge
    return late if late or ports.serves(port, ours, address) else [EDGE]


def _crashing(site: Site, before: Mapping[str, int]) -> list[str]:
    return [name for name, count in _restarts(site).items() if count - before.get(name, 0) >= CRASHES]


def _restarts(site: Site) -> dict[str, int]:
    return {name: pod.restarts for name, pod in read_readiness(places.readiness_file(site.layout)).items()}

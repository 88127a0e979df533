"""The product itself: the release that the program declares, as processes."""

from collections.abc import Mapping

from local.cli.progress import counted
from local.cli.run import Run
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


def render(run: Run) -> str:
    """Render the chart with the values that the program gives it."""
    run.release = render_release(run.model, run.layout)
    return f"{counted(run.release.cluster.jobs, 'job')}, {counted(run.release.cluster.pods, 'pod')}"


def migrate(run: Run) -> None:
    """Run the release's jobs, as Helm would before it touches any pod."""
    run_jobs(run.release, run.layout)


def start(run: Run) -> str:
    """Start the pods, the kubelet and the edge, and wait until all of them are ready.

    Raises:
        LocalError: one is not ready in time, or ends again and again.
    """
    supervised = programs(run.release, run.model, run.layout, run.api.port)
    run.api.release()
    start_programs(run.supervisor, supervised, run.layout)
    before = _restarts(run)
    wait_until(lambda: not _waiting_for(run) or bool(_crashing(run, before)), READY_SECONDS)
    if crashing := _crashing(run, before):
        raise LocalError(f"these pods end again and again: {', '.join(crashing)}", run.supervisor.log(crashing[0]))
    if late := _waiting_for(run):
        raise LocalError(f"not ready after {READY_SECONDS:.0f} s: {', '.join(late)}", run.supervisor.log(late[0]))
    Storefront.of(run).save(run.layout)
    return f"{len(supervised)} processes"


def _waiting_for(run: Run) -> list[str]:
    """The pods that are not ready, and the edge if it does not listen."""
    states = read_readiness(places.readiness_file(run.layout))
    late = [pod.name for pod in run.release.cluster.pods if pod.name not in states or not states[pod.name].ready]
    ours = {process.pid for process in run.supervisor.members()}
    return late if late or ports.serves(run.api.port, ours) else [EDGE]


def _crashing(run: Run, before: Mapping[str, int]) -> list[str]:
    return [name for name, count in _restarts(run).items() if count - before.get(name, 0) >= CRASHES]


def _restarts(run: Run) -> dict[str, int]:
    return {name: pod.restarts for name, pod in read_readiness(places.readiness_file(run.layout)).items()}

"""What must be so before the writer is moved. Moving it is never urgent: whatever is in doubt keeps it where it is."""

from collections.abc import Iterator
from datetime import timedelta

from services.sun.control.facts import AVAILABLE, Admits, Cluster, Facts, WriterState
from services.sun.schedule.regions import Health

LEAST_LAG = timedelta(seconds=1)
"""What a copy may be behind. A switchover waits until it has caught up, and nothing can be written for so long."""


def objections(facts: Facts, source: str, target: str, lag: timedelta | None) -> tuple[str, ...]:
    """Everything that stands against it.

    Args:
        facts: what was found.
        source: the region that writes.
        target: the region that is to write.
        lag: how far the target was behind at worst, lately. None where it is not known: AWS then still waits until
            nothing is missing, only perhaps for longer.
    """
    return tuple(_objections(facts, source, target, lag))


def _objections(facts: Facts, source: str, target: str, lag: timedelta | None) -> Iterator[str]:
    for region in (source, target):
        health = facts.health.get(region, Health.UNKNOWN)
        if health is not Health.HEALTHY:
            yield f"the health of {region} is {health}"
    if facts.cluster is None:
        yield "the global cluster could not be read"
    else:
        yield from _unready(facts.cluster, target)
        yield from _shut(facts.state)
    if lag is not None and lag > LEAST_LAG:
        yield f"{target} is {lag.total_seconds():.1f} s behind"


def several_write(cluster: Cluster) -> str | None:
    """The words for two regions that take themselves for the writer."""
    writers = [member.region for member in cluster.writers]
    return f"{' and '.join(writers)} write, each for itself" if len(writers) > 1 else None


def _shut(state: WriterState | None) -> Iterator[str]:
    if state is None:
        yield "the writer does not tell its epoch"
    elif state.admits is not Admits.OPEN:
        yield f"the writer is {state.admits} already, by {state.by}"


def _unready(cluster: Cluster, target: str) -> Iterator[str]:
    if several := several_write(cluster):
        yield several
    if not cluster.settled:
        yield f"the global cluster is {cluster.status}, its writer is {'moving' if cluster.moving else 'at rest'}"
    for member in cluster.members:
        if member.status != AVAILABLE:
            yield f"the cluster of {member.region} is {member.status}"
    versions = sorted({member.engine_version for member in cluster.members})
    if len(versions) > 1:
        yield f"the members' engines differ: {', '.join(versions)}"
    goal = cluster.member(target)
    if goal is None:
        yield f"{target} has no member of the global cluster"
    elif not goal.instances:
        yield f"the cluster of {target} has no instance"
    elif not goal.synchronised:
        yield f"the cluster of {target} does not follow the writer"

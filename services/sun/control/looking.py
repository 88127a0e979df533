"""What a tick finds: records, health, members of the global database, and what the writer says of itself."""

from collections.abc import Sequence
from datetime import datetime

from services.sun.control.context import World
from services.sun.control.facts import Cluster, Facts, WriterState
from services.sun.control.ports import Refused, Unavailable
from services.sun.schedule.regions import Region


def look(world: World, regions: Sequence[Region], now: datetime) -> Facts:
    """All of it; what does not answer is unknown."""
    records = world.traffic.read()
    here = {region.name: records[region.name] for region in regions if region.name in records}
    cluster = world.database.read()
    return Facts(
        {name: record.weight for name, record in here.items()},
        {name: world.checks.health(record.health_check, now) for name, record in here.items()},
        cluster,
        _state(world, cluster),
    )


def _state(world: World, cluster: Cluster | None) -> WriterState | None:
    if cluster is None or cluster.writer is None:
        return None
    try:
        return world.admission.read(cluster.writers[0].arn)
    except (Unavailable, Refused):
        return None

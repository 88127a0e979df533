"""What is found in the world before anything is decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.sun.schedule.regions import Health

AVAILABLE = "available"
UNKNOWN = "unknown"
"""Status of a cluster whose region does not answer."""


@dataclass(frozen=True)
class Member:
    """A region's cluster of the global one.

    Attributes:
        region: ours, by its name.
        synchronised: whether it follows the writer; the writer does.
        instances: how many could take over.
    """

    region: str
    arn: str
    writes: bool
    synchronised: bool
    status: str
    engine_version: str
    instances: int


@dataclass(frozen=True)
class Cluster:
    """The global cluster.

    Attributes:
        moving: whether its writer is on its way.
    """

    status: str
    moving: bool
    members: tuple[Member, ...]

    @property
    def writer(self) -> str | None:
        """The region that writes; None while none does."""
        return next((member.region for member in self.members if member.writes), None)

    @property
    def settled(self) -> bool:
        """Whether nothing is under way."""
        return not self.moving and self.status == AVAILABLE

    def member(self, region: str) -> Member | None:
        """The region's cluster, if it has one."""
        return next((member for member in self.members if member.region == region), None)


@dataclass(frozen=True)
class Facts:
    """What a tick goes by.

    Attributes:
        weights: of the records that are there, by region; a region without one is not built yet.
        cluster: None where it could not be read.
    """

    weights: Mapping[str, int]
    health: Mapping[str, Health]
    cluster: Cluster | None

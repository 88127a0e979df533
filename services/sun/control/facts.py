"""What is found in the world before anything is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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
    def writers(self) -> tuple[Member, ...]:
        """Who writes: one member, as it should be; none on the way; several if nobody knows any more."""
        return tuple(member for member in self.members if member.writes)

    @property
    def writer(self) -> str | None:
        """The region that writes; None while none does, or more than one."""
        return self.writers[0].region if len(self.writers) == 1 else None

    @property
    def settled(self) -> bool:
        """Whether nothing is under way."""
        return not self.moving and self.status == AVAILABLE

    def member(self, region: str) -> Member | None:
        """The region's cluster, if it has one."""
        return next((member for member in self.members if member.region == region), None)


class Admits(StrEnum):
    """What the writer lets in: anything; only the outcome of what has begun; nothing (decision 0048)."""

    OPEN = "open"
    DRAINING = "draining"
    CLOSED = "closed"


@dataclass(frozen=True)
class WriterState:
    """The one row that travels with the data.

    Attributes:
        epoch: of the writer.
        region: for which the epoch was begun; None before the first.
        lost: the region whose loss began it.
        by: who changed the row last.
    """

    epoch: int
    admits: Admits
    region: str | None
    lost: str | None
    by: str


@dataclass(frozen=True)
class Unfinished:
    """What has begun on the writer and not ended: calls of the CCP without an outcome, and transactions."""

    ccp_calls: int
    transactions: int


@dataclass(frozen=True)
class Facts:
    """What a tick goes by.

    Attributes:
        weights: of the records that are there, by region; a region without one is not built yet.
        cluster: None where it could not be read.
        state: what the writer says of itself; None where it does not.
    """

    weights: Mapping[str, int]
    health: Mapping[str, Health]
    cluster: Cluster | None
    state: WriterState | None = None

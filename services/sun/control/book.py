"""What the controllers of all regions remember together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.sun.schedule.decision import State

BY = "controller"
"""Who holds where no person does, and who changes the writer's row, as the row says it."""
OPEN_FOR = timedelta(minutes=15)
"""How long a switch may take. AWS speaks of minutes."""


@dataclass(frozen=True)
class Since:
    """Of which region something is so, and since when."""

    region: str
    at: datetime


@dataclass(frozen=True)
class Memory:
    """What is kept from tick to tick.

    Attributes:
        lost: the region that wrote when it stopped answering, about which a person has been called.
        split: whether a person has been called because more than one region writes.
        epoch: of the writer, as it was last seen; 0 if it never was.
        gone: the region that writes, as long as two witnesses say at every tick that it is lost.
        given_up: the region that was, with what only it had.
    """

    state: State
    lost: str | None = None
    split: bool = False
    epoch: int = 0
    gone: Since | None = None
    given_up: Since | None = None


@dataclass(frozen=True)
class Switch:
    """A switch of the writer that was begun and not finished.

    Attributes:
        epoch: of the writer, before.
        lossy: whether the source is given up, with what only it has.
    """

    source: str
    target: str
    begun: datetime
    epoch: int
    lossy: bool = False

    @property
    def name(self) -> str:
        """As the trail says it."""
        return "failover" if self.lossy else "switch"

    @property
    def told(self) -> dict[str, object]:
        """For the trail."""
        return {"source": self.source, "target": self.target, "epoch": self.epoch}

    @property
    def deadline(self) -> datetime:
        """When a person has to look at it."""
        return self.begun + OPEN_FOR


@dataclass(frozen=True)
class Approval:
    """A person's word that the source may be given up for the target, in that epoch."""

    by: str
    source: str
    target: str
    epoch: int
    at: datetime


@dataclass(frozen=True)
class Hold:
    """That nothing is to be moved, and who says so. People set it and release it; the controller sets it at most."""

    by: str
    reason: str


@dataclass(frozen=True)
class Page:
    """A call for a person that is to be sent; `id` is unique."""

    id: str
    subject: str
    text: str


@dataclass(frozen=True)
class Note:
    """A line of the audit trail."""

    event: str
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Book:
    """All that is remembered, as it was read.

    Attributes:
        beats: when each region's controller last gave a sign of life.
    """

    memory: Memory | None = None
    switch: Switch | None = None
    hold: Hold | None = None
    pages: tuple[Page, ...] = ()
    approvals: tuple[Approval, ...] = ()
    beats: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """What is written down in one go: all of it or, if another controller acts by now, nothing.

    Attributes:
        opened: a switch that begins; only where none is open and nobody holds.
        alive: whoever follows the open switch still does.
        closed: the open switch has ended.
        hold: where nobody holds yet.
        sent: ids of pages that have been sent.
        used: approvals that are acted on, once; only where none was taken back.
    """

    notes: tuple[Note, ...]
    memory: Memory | None = None
    opened: Switch | None = None
    alive: bool = False
    closed: bool = False
    hold: Hold | None = None
    pages: tuple[Page, ...] = ()
    sent: tuple[str, ...] = ()
    used: tuple[Approval, ...] = ()

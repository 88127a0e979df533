"""What the controllers of all regions remember together."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.sun.schedule.decision import State

OPEN_FOR = timedelta(minutes=15)
"""How long a switch may take. AWS speaks of minutes."""


@dataclass(frozen=True)
class Memory:
    """What is kept from tick to tick.

    Attributes:
        lost: the region that wrote when it stopped answering, about which a person has been called.
    """

    state: State
    lost: str | None = None


@dataclass(frozen=True)
class Switch:
    """A switch of the writer that was begun and not finished."""

    source: str
    target: str
    begun: datetime

    @property
    def deadline(self) -> datetime:
        """When a person has to look at it."""
        return self.begun + OPEN_FOR


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
    """All that is remembered, as it was read."""

    memory: Memory | None = None
    switch: Switch | None = None
    hold: Hold | None = None
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True)
class Entry:
    """What is written down in one go: all of it or, if another controller acts by now, nothing.

    Attributes:
        opened: a switch that begins; only where none is open and nobody holds.
        closed: the open switch has ended.
        hold: where nobody holds yet.
        sent: ids of pages that have been sent.
    """

    notes: tuple[Note, ...]
    memory: Memory | None = None
    opened: Switch | None = None
    closed: bool = False
    hold: Hold | None = None
    pages: tuple[Page, ...] = ()
    sent: tuple[str, ...] = ()

"""What happened in a scenario, in seconds since it began: plain data, from which figures and pictures are made."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

ACCEPTED = frozenset({201, 202})
NO_ANSWER = 0
"""Stands for a status where there was none: refused, reset, or silent for too long."""


@dataclass(frozen=True)
class Attempt:
    """One request of a customer.

    Attributes:
        at: when it was sent.
        key: the order's; a repetition has the same.
    """

    at: float
    took: float
    key: str
    status: int

    @property
    def answered(self) -> float:
        """When its answer was there."""
        return self.at + self.took

    @property
    def accepted(self) -> bool:
        """Whether the order was taken."""
        return self.status in ACCEPTED


@dataclass(frozen=True)
class Served:
    """One order's request as the front saw it.

    Attributes:
        at: when it was answered.
        region: whose edge it was led to; None if to nobody's.
    """

    at: float
    region: str | None
    status: int


@dataclass(frozen=True)
class Sight:
    """What both regions looked like at a moment.

    Attributes:
        writers: the regions whose server takes writes, asked one by one; more than one is what must not last.
        weights: of their records.
        health: what their health checks stand at; None where nothing is known.
    """

    at: float
    writers: tuple[str, ...]
    weights: Mapping[str, int]
    health: Mapping[str, bool | None]


class Kind(StrEnum):
    """What a mark is of."""

    DONE = "done"
    """Something that a person or the controller does."""
    FAULT = "fault"
    """Something that the drill breaks."""
    BACK = "back"
    """It is well again."""


@dataclass(frozen=True)
class Mark:
    """That something was done."""

    at: float
    text: str
    kind: Kind = Kind.DONE


@dataclass(frozen=True)
class Window:
    """From when to when a switch of the writer was asked for and done."""

    begun: float
    ended: float


@dataclass(frozen=True)
class Recording:
    """One scenario, whole."""

    regions: tuple[str, ...]
    seconds: float
    attempts: Sequence[Attempt] = ()
    served: Sequence[Served] = ()
    sights: Sequence[Sight] = ()
    marks: Sequence[Mark] = ()
    windows: Sequence[Window] = ()


@dataclass
class Recorder:
    """Takes events from several threads; each list is only ever appended to."""

    regions: tuple[str, ...]
    began: float = field(default_factory=time.monotonic)
    began_at: float = field(default_factory=time.time)
    attempts: list[Attempt] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)

    @property
    def now(self) -> float:
        """Seconds since the scenario began."""
        return time.monotonic() - self.began

    def mark(self, text: str, kind: Kind = Kind.DONE) -> float:
        """Notes that this is done now; when that is."""
        at = self.now
        self.marks.append(Mark(at, text, kind))
        return at

    def recording(self, served: Sequence[Served] = ()) -> Recording:
        """All so far, in its order, with what the front has to say."""
        return Recording(
            self.regions,
            self.now,
            sorted(self.attempts, key=lambda attempt: attempt.at),
            served,
            tuple(self.sights),
            sorted(self.marks, key=lambda mark: mark.at),
            tuple(self.windows),
        )

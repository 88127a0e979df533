"""A global database in memory: a writer that moves when it is asked to, and the row that travels with its data."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.sun.control.book import BY
from services.sun.control.facts import UNKNOWN, Admits, Cluster, Member, Unfinished, WriterState
from services.sun.control.ports import Admission, Database, Refused, Unavailable
from services.sun.schedule.regions import Region

FIRST = WriterState(1, Admits.OPEN, None, None, "revision 0022")


class Now(Protocol):
    """A clock."""

    now: datetime


@dataclass
class Aurora(Database):
    """A writer that moves some time after it was asked to; None: never.

    Attributes:
        dead: regions that do not answer.
        besides: another one that takes itself for the writer.
        asked, given_up: what it was asked for, as source and target.
    """

    clock: Now
    regions: Sequence[Region]
    writer: str = "apac"
    takes: timedelta | None = timedelta(seconds=12)
    behind: timedelta | None = None
    refuses: bool = False
    silent: bool = False
    sick: dict[str, Any] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    besides: str | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    given_up: list[tuple[str, str]] = field(default_factory=list)
    on_its_way: tuple[str, datetime] | None = None

    def settle(self) -> None:
        """What was asked for has happened by now, if it was long enough ago."""
        if self.on_its_way and self.on_its_way[1] <= self.clock.now:
            self.writer, self.on_its_way = self.on_its_way[0], None

    def read(self) -> Cluster | None:
        if self.silent:
            return None
        self.settle()
        members = tuple(self._member(region.name) for region in self.regions)
        return Cluster("switching-over" if self.on_its_way else "available", self.on_its_way is not None, members)

    def glance(self) -> Cluster | None:
        return self.read()

    def lag(self, region: str, now: datetime) -> timedelta | None:
        return self.behind

    def switch(self, source: str, target: str) -> None:
        self.asked.append((source, target))
        assert source not in self.dead, "it is asked where the writer is"
        self._move(source, target)

    def give_up(self, source: str, target: str) -> None:
        self.given_up.append((source, target))
        self._move(source, target)

    def _move(self, source: str, target: str) -> None:
        if self.refuses:
            raise Refused("InvalidGlobalClusterStateFault")
        assert source == self.writer
        if self.takes is not None:
            self.on_its_way = (target, self.clock.now + self.takes)

    def _member(self, name: str) -> Member:
        told: dict[str, Any] = {
            "synchronised": True,
            "status": UNKNOWN if name in self.dead else "available",
            "engine_version": "16.8",
            "instances": 2,
            **self.sick.get(name, {}),
        }
        return Member(name, f"arn:aws:rds:x:1:cluster:{name}", name in {self.writer, self.besides}, **told)


@dataclass
class Anybody(Admission):
    """The row, whoever is asked for it."""

    state: WriterState = field(default_factory=lambda: FIRST)

    def read(self, arn: str) -> WriterState:
        return self.state

    def admit(self, arn: str, epoch: int, what: Admits) -> bool:
        if epoch == self.state.epoch:
            self.become(replace(self.state, admits=what, by=BY))
        return epoch == self.state.epoch

    def unfinished(self, arn: str) -> Unfinished:
        return Unfinished(0, 0)

    def begin_epoch(self, arn: str, epoch: int, region: str, lost: str | None) -> bool:
        if epoch != self.state.epoch:
            return False
        self.become(WriterState(epoch + 1, Admits.OPEN, region, lost, BY))
        return True

    def become(self, state: WriterState) -> None:
        self.state = state


@dataclass(kw_only=True)
class Row(Anybody):
    """What the writer says of itself, and nobody else does.

    Attributes:
        calls, transactions: of each time that it is asked what is unfinished, the last one for ever.
        trouble: raised by the calls of these names.
        told: what it became, and when.
    """

    aurora: Aurora
    calls: list[int] = field(default_factory=lambda: [0])
    transactions: list[int] = field(default_factory=lambda: [0])
    trouble: dict[str, Exception] = field(default_factory=dict)
    told: list[tuple[str, datetime]] = field(default_factory=list)

    def read(self, arn: str) -> WriterState:
        self._reach(arn, "read")
        return super().read(arn)

    def admit(self, arn: str, epoch: int, what: Admits) -> bool:
        self._reach(arn, what)
        return super().admit(arn, epoch, what)

    def unfinished(self, arn: str) -> Unfinished:
        self._reach(arn, "unfinished")
        draining = self.state.admits is Admits.DRAINING
        left = self.calls if draining else self.transactions
        now = left.pop(0) if len(left) > 1 else left[0]
        return Unfinished(now, 0) if draining else Unfinished(0, now)

    def begin_epoch(self, arn: str, epoch: int, region: str, lost: str | None) -> bool:
        self._reach(arn, "begin_epoch")
        return super().begin_epoch(arn, epoch, region, lost)

    def become(self, state: WriterState) -> None:
        begins = state.epoch > self.state.epoch
        super().become(state)
        self.told.append((f"epoch {state.epoch}" if begins else str(state.admits), self.aurora.clock.now))

    def _reach(self, arn: str, what: str) -> None:
        self.aurora.settle()
        region = arn.rpartition(":")[2]
        if region in self.aurora.dead or region != self.aurora.writer or self.aurora.on_its_way:
            raise Unavailable(f"{region} takes no writes")
        if what in self.trouble:
            raise self.trouble[what]

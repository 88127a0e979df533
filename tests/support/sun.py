"""A world for controllers of the sun: a clock that waits for nobody, and what they see and act on.

The ledger is the real one, on a table that moto plays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, TypeVar, cast

import boto3

from bench.sun import SETS
from services.sun.control.book import Book, Entry, Memory, Page
from services.sun.control.context import World
from services.sun.control.controller import Controller, Outcome
from services.sun.control.facts import Cluster, Member
from services.sun.control.ledger import TableLedger
from services.sun.control.ports import Checks, Database, Pager, Record, Refused, Traffic
from services.sun.schedule.decision import State
from services.sun.schedule.regions import Health
from services.sun.schedule.weights import wanted
from services.sun.schedule.writer import Lead, Tenure
from services.sun.settings import Mode

REGIONS = SETS["Dublin, Singapore"]
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
"""Dublin leads, and has for long."""
TICK = timedelta(minutes=5)
ROOM = timedelta(seconds=200)
_tables = count()
T = TypeVar("T")


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Clock:
    """Everybody's."""

    now: datetime = NOON

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Records(Traffic):
    def __init__(self, weights: Mapping[str, int]) -> None:
        self.weights = dict(weights)
        self.writes = 0

    def read(self) -> Mapping[str, Record]:
        return {name: Record(weight, name) for name, weight in self.weights.items()}

    def write(self, weights: Mapping[str, int]) -> None:
        changed = {name: weight for name, weight in weights.items() if self.weights.get(name) != weight}
        self.writes += bool(changed)
        self.weights.update(changed)


@dataclass
class Doctor(Checks):
    """Says what it is told to; without a word, that all are well."""

    told: dict[str, Health] = field(default_factory=dict)

    def health(self, check: str | None, now: datetime) -> Health:
        return self.told.get(check or "", Health.HEALTHY)


@dataclass
class Aurora(Database):
    """A writer that moves some time after it was asked to; None: never."""

    clock: Clock
    writer: str = "apac"
    takes: timedelta | None = timedelta(seconds=12)
    behind: timedelta | None = None
    refuses: bool = False
    silent: bool = False
    sick: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    _on_its_way: tuple[str, datetime] | None = None

    def read(self) -> Cluster | None:
        if self.silent:
            return None
        if self._on_its_way and self._on_its_way[1] <= self.clock.now:
            self.writer, self._on_its_way = self._on_its_way[0], None
        members = tuple(self._member(region.name) for region in REGIONS)
        return Cluster("switching-over" if self._on_its_way else "available", self._on_its_way is not None, members)

    def lag(self, region: str, now: datetime) -> timedelta | None:
        return self.behind

    def switch(self, source: str, target: str) -> None:
        self.asked.append((source, target))
        if self.refuses:
            raise Refused("InvalidGlobalClusterStateFault")
        assert source == self.writer, "it is asked where the writer is"
        if self.takes is not None:
            self._on_its_way = (target, self.clock.now + self.takes)

    def _member(self, name: str) -> Member:
        told: dict[str, Any] = {
            "synchronised": True,
            "status": "available",
            "engine_version": "16.8",
            "instances": 2,
            **self.sick.get(name, {}),
        }
        return Member(name, f"arn:aws:rds:x:1:cluster:{name}", name == self.writer, **told)


@dataclass
class Bell(Pager):
    rung: list[Page] = field(default_factory=list)
    broken: bool = False

    def send(self, page: Page) -> bool:
        if not self.broken:
            self.rung.append(page)
        return not self.broken


class Tripwire:
    """Ends the process at one of the steps of its ports: before a call has its effect, or after."""

    def __init__(self, at: int | None = None) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Crash

    def around(self, port: T) -> T:
        return cast("T", _Fragile(port, self))


class _Fragile:
    def __init__(self, port: object, wire: Tripwire) -> None:
        self._port, self._wire = port, wire

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self._wire.step()
            answer = getattr(self._port, name)(*args)
            self._wire.step()
            return answer

        return call


class Sky:
    """Both regions' controllers over one world; the table lies in moto."""

    def __init__(self, *, ready: bool = True, mode: Mode = Mode.ACT) -> None:
        self.dynamodb, self.table = client(), f"sun-{next(_tables)}"
        create_table(self.dynamodb, self.table)
        self.clock = Clock()
        weights = wanted(REGIONS, NOON, dict.fromkeys(("eu", "apac"), Health.HEALTHY)) or {}
        self.mode, self.records, self.doctor = mode, Records(weights), Doctor()
        self.aurora, self.bell = Aurora(self.clock), Bell()
        if ready:
            long_ago = NOON - timedelta(hours=9)
            tenure = Tenure("apac", long_ago, (), Lead("eu", NOON - timedelta(minutes=30)))
            self.note(Entry((), Memory(State(weights, NOON - TICK, tenure))))

    def ledger(self, region: str = "eu") -> TableLedger:
        return TableLedger(self.dynamodb, self.table, region, self.mode)

    def note(self, entry: Entry) -> None:
        """As a controller that is long gone would have."""
        earlier = self.clock.now - timedelta(hours=1)
        token = self.ledger().acquire(earlier, earlier - timedelta(seconds=1))
        assert token is not None
        self.ledger().write(token, earlier, entry)

    def book(self) -> Book:
        return self.ledger().read()

    def hold(self, by: str = "anna") -> None:
        """As docs/follow-the-sun.md says."""
        item = {"pk": {"S": "sun"}, "sk": {"S": "hold"}, "by": {"S": by}, "reason": {"S": "a release"}}
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def release(self) -> None:
        self.dynamodb.delete_item(TableName=self.table, Key={"pk": {"S": "sun"}, "sk": {"S": "hold"}})

    def tick(self, region: str = "eu", wire: Tripwire | None = None) -> Outcome:
        """One call of a region's function, at the clock's time."""
        wire = wire or Tripwire()
        world = World(
            wire.around(self.ledger(region)),
            wire.around(self.records),
            wire.around(self.doctor),
            wire.around(self.aurora),
            wire.around(self.bell),
            lambda: self.clock.now,
            self.clock.sleep,
        )
        return Controller(world, REGIONS, acts=self.mode is Mode.ACT).tick(self.clock.now + ROOM)

    def trail(self) -> list[str]:
        """The events written down, in their order."""
        found = self.dynamodb.scan(TableName=self.table)["Items"]
        lines = sorted((item["sk"]["S"], item["event"]["S"]) for item in found if "event" in item)
        return [event for _, event in lines]


@cache
def client() -> Any:
    """To be made while moto plays."""
    make: Any = boto3.client
    return make("dynamodb", "eu-north-1", aws_access_key_id="test", aws_secret_access_key="test")


def create_table(dynamodb: Any, name: str) -> None:
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )

"""A world for controllers of the sun: a clock that waits for nobody, and what they see and act on.

The ledger is the real one, on a table that moto plays.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import boto3

from bench.sun import SETS
from services.sun.control import by_hand
from services.sun.control.book import Approval, Book, Entry, Memory, Page
from services.sun.control.context import World
from services.sun.control.controller import Controller, Outcome
from services.sun.control.facts import Admits
from services.sun.control.ledger import TableLedger
from services.sun.control.ports import Checks, Pager, Record, Traffic
from services.sun.schedule.decision import State
from services.sun.schedule.regions import Health
from services.sun.schedule.weights import wanted
from services.sun.schedule.writer import Lead, Tenure
from services.sun.settings import Mode
from tests.support.global_database import Aurora, Row
from tests.support.tripwire import Tripwire

REGIONS = SETS["Dublin, Singapore"]
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
"""Dublin leads, and has for long."""
TICK = timedelta(minutes=5)
ROOM = timedelta(seconds=200)
_tables = count()


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
class Bell(Pager):
    rung: list[Page] = field(default_factory=list)
    broken: bool = False

    def send(self, page: Page) -> bool:
        if not self.broken:
            self.rung.append(page)
        return not self.broken


class Sky:
    """Both regions' controllers over one world; the table lies in moto."""

    def __init__(self, *, ready: bool = True, mode: Mode = Mode.ACT) -> None:
        self.dynamodb, self.table = client(), f"sun-{next(_tables)}"
        create_table(self.dynamodb, self.table)
        self.clock = Clock()
        weights = wanted(REGIONS, NOON, dict.fromkeys(("eu", "apac"), Health.HEALTHY)) or {}
        self.mode, self.records, self.doctor = mode, Records(weights), Doctor()
        self.aurora, self.bell = Aurora(self.clock, REGIONS), Bell()
        self.row, self.room = Row(aurora=self.aurora), ROOM
        if ready:
            long_ago = NOON - timedelta(hours=9)
            tenure = Tenure("apac", long_ago, (), Lead("eu", NOON - timedelta(minutes=30)))
            self.note(Entry((), Memory(State(weights, NOON - TICK, tenure), epoch=1)))

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

    def approve(
        self, *names: str, source: str = "apac", target: str = "eu", epoch: int = 1, at: datetime | None = None
    ) -> None:
        """As the call says, by each of them."""
        for name in names:
            item = by_hand.of_approval(Approval(name, source, target, epoch, at or self.clock.now))
            self.dynamodb.put_item(TableName=self.table, Item=item)

    def lose(self, region: str = "apac") -> None:
        """The region is gone, and everybody sees it."""
        self.doctor.told = {region: Health.UNHEALTHY}
        self.aurora.dead = {region}

    def at_rest(self) -> bool:
        """Whether nothing is open, and one region writes in an epoch of its own that admits everything."""
        self.aurora.settle()
        state = self.row.state
        return not self.book().switch and state.admits is Admits.OPEN and state.region in {None, self.aurora.writer}

    def tick(self, region: str = "eu", wire: Tripwire | None = None) -> Outcome:
        """One call of a region's function, at the clock's time."""
        wire = wire or Tripwire()
        world = World(
            wire.around(self.ledger(region)),
            wire.around(self.records),
            wire.around(self.doctor),
            wire.around(self.aurora),
            wire.around(self.row),
            wire.around(self.bell),
            lambda: self.clock.now,
            self.clock.sleep,
        )
        return Controller(world, REGIONS, acts=self.mode is Mode.ACT).tick(self.clock.now + self.room)

    def trail(self) -> list[str]:
        """The events written down, in their order."""
        return [event for event, _ in self._lines()]

    def details(self, event: str) -> list[dict[str, Any]]:
        """What was written down with them."""
        return [detail for told, detail in self._lines() if told == event]

    def _lines(self) -> list[tuple[str, dict[str, Any]]]:
        found = self.dynamodb.scan(TableName=self.table)["Items"]
        lines = sorted((item for item in found if "event" in item), key=lambda item: str(item["sk"]["S"]))
        return [(item["event"]["S"], json.loads(item["detail"]["S"])) for item in lines]


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

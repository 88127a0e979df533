"""The whole controller moves a real writer: through RDS, the Data API and the table, as the emulator plays them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from local.machine.postgres import DATABASE
from local.machine.waiting import wait_until
from services.sun.control.admission import DataApi
from services.sun.control.book import Approval, Entry, Memory
from services.sun.control.by_hand import of_approval
from services.sun.control.context import World
from services.sun.control.controller import Controller, Outcome
from services.sun.control.facts import Admits, WriterState
from services.sun.control.lease import BRIEF
from services.sun.control.ledger import TableLedger
from services.sun.schedule.decision import State
from services.sun.schedule.regions import Health
from services.sun.schedule.writer import Lead, Tenure
from services.sun.settings import Mode
from tests.support.aurora import READY_SECONDS, Pair, running_pair
from tests.support.data_api import Asker, made
from tests.support.sun import REGIONS, ROOM, TICK, Bell, Doctor, Records, create_table
from tests.support.tripwire import Crash, Tripwire

HOME, TABLE = "eu-north-1", "sun"
NINE = datetime(2026, 1, 12, 9, tzinfo=UTC)
"""At which it is day in both regions."""
OTHER = {"eu": "apac", "apac": "eu"}


class Sun:
    """A controller over real servers, at any hour."""

    def __init__(self, pair: Pair, asker: Asker) -> None:
        self.pair, self.doctor, self.bell, self.later = pair, Doctor(), Bell(), NINE - datetime.now(UTC)
        self.dynamodb = pair.client("dynamodb", HOME)
        self.admission = DataApi(cache(pair.client), DATABASE, asker.secret)
        create_table(self.dynamodb, TABLE)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def ledger(self, region: str = "eu") -> TableLedger:
        return TableLedger(self.dynamodb, TABLE, region, Mode.ACT)

    @property
    def writer(self) -> str:
        cluster = self.pair.database.read()
        assert cluster is not None
        assert cluster.writer is not None
        return cluster.writer

    def row(self) -> WriterState:
        cluster = self.pair.database.glance()
        assert cluster is not None
        return self.admission.read(cluster.writers[0].arn)

    def remember(self, leader: str) -> None:
        """As if the sun had led there for long, and nobody had ever held."""
        now, long_ago = self.now(), self.now() - timedelta(hours=9)
        tenure = Tenure(self.writer, long_ago, (), Lead(leader, long_ago))
        weights = {leader: 200, OTHER[leader]: 55}
        for sort in ("lease", "hold"):
            self.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "sun"}, "sk": {"S": sort}})
        token = self.ledger().acquire(now, now)
        assert token is not None
        memory = Memory(State(weights, now + timedelta(hours=1), tenure), epoch=self.row().epoch)
        self.ledger().write(token, now, Entry((), memory))
        self.ledger().release(token)

    def tick(self, region: str = "eu", wire: Tripwire | None = None) -> Outcome:
        wire = wire or Tripwire()
        world = World(
            wire.around(self.ledger(region)),
            Records({"eu": 128, "apac": 128}),
            self.doctor,
            wire.around(self.pair.database),
            wire.around(self.admission),
            self.bell,
            self.now,
            time.sleep,
        )
        return Controller(world, REGIONS, acts=True).tick(self.now() + ROOM)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(tmp_path_factory.mktemp("pair")) as pair:
        yield pair


@pytest.fixture(scope="module")
def sun(pair: Pair) -> Sun:
    return Sun(pair, made(pair))


@pytest.fixture
def target(sun: Sun) -> str:
    """Where the sun is, and the writer is not."""
    assert wait_until(lambda: sun.pair.ready(sun.writer), READY_SECONDS)
    target = OTHER[sun.writer]
    sun.remember(target)
    return target


def test_the_writer_moves_and_its_epoch_begins_there(sun: Sun, target: str) -> None:
    epoch = sun.row().epoch
    assert sun.tick().reason == f"{target} writes"
    assert sun.writer == target
    row = sun.row()
    assert (row.epoch, row.admits, row.region, row.lost) == (epoch + 1, Admits.OPEN, target, None)


@pytest.mark.parametrize("what", ["admit", "unfinished", "switch", "begin_epoch"])
def test_a_controller_that_dies_there_is_put_right_by_the_other_one(sun: Sun, target: str, what: str) -> None:
    source, epoch = sun.writer, sun.row().epoch
    with pytest.raises(Crash):
        sun.tick("eu", Tripwire(before=what))
    wait_until(lambda: sun.pair.ready(sun.writer), READY_SECONDS)
    sun.later += BRIEF
    assert sun.tick("apac").acted
    moved = what == "begin_epoch"
    row = sun.row()
    assert sun.writer == (target if moved else source)
    assert (row.epoch, row.admits) == (epoch + moved, Admits.OPEN)
    assert bool(sun.ledger().read().hold) is not moved


def test_a_region_whose_server_is_gone_is_given_up_by_two_people_s_word(sun: Sun, target: str) -> None:
    source, epoch = sun.writer, sun.row().epoch
    sun.pair.supervisor.rest(f"postgres-{source}")
    sun.doctor.told = {source: Health.UNHEALTHY}
    assert "approved by 0 of 2" in sun.tick().reason
    sun.later += TICK
    for name in ("anna", "bert"):
        item: dict[str, Any] = of_approval(Approval(name, source, target, epoch, sun.now()))
        sun.dynamodb.put_item(TableName=TABLE, Item=item)
    assert sun.tick().reason == f"{target} writes"
    row = sun.row()
    assert (row.epoch, row.admits, row.region, row.lost) == (epoch + 1, Admits.OPEN, target, source)
    assert wait_until(lambda: sun.pair.ready(target), READY_SECONDS), "who was lost follows"

"""The writer moves from region to region and back while customers buy: nothing is lost, and nothing is there twice."""

import threading
import time
from uuid import UUID

import pytest

from services.common.database import Connection, Database
from services.common.errors import NoWriter
from services.common.readiness import schema_ready
from services.order.model import CcpSale
from tests.integration.conftest import Aws
from tests.support.pair import Pair, Region
from tests.support.trading import Trading

SWITCHES = 10
NOTE = "INSERT INTO support_agent (subject) VALUES (gen_random_uuid())"


def count(region: Region, table: str) -> object:
    with region.connect() as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    return row and row[0]


def note(connection: Connection) -> None:
    connection.execute(NOTE.encode())


def test_ten_planned_switchovers_lose_no_order_and_double_none(
    pair: Pair, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.common.pipeline.queues.WAIT_SECONDS", 1)
    trading = Trading(pair, aws)
    with trading.open():
        for _ in range(SWITCHES):
            time.sleep(0.2)
            pair.switch()
            pair.rejoin()
    seen, orders = trading.seen, len(trading.seen.sold)
    assert set(seen.statuses) <= {201, 409, 503}
    assert set(seen.keys) == set(seen.sold)
    assert orders > SWITCHES
    assert set(map(str, trading.shop.ccp.sales)) == set(seen.sold.values())
    assert trading.value("SELECT count(*) FROM sales_order WHERE state = 'INVOICED'") == orders
    assert trading.value("SELECT count(*) FROM sales_order") == orders
    assert trading.value("SELECT count(DISTINCT order_id) FROM invoice") == orders
    assert trading.value("SELECT count(*) FROM invoice") == orders
    assert trading.value("SELECT max(last_number) FROM invoice_series") == orders
    assert set(seen.receives) == {1}, "a message was given back although nothing was wrong with it"


def test_a_sale_that_was_made_while_the_writer_moved_is_recorded_by_the_new_one(pair: Pair, aws: Aws) -> None:
    trading = Trading(pair, aws)
    former = pair.writer.name

    def meanwhile(sale: CcpSale) -> CcpSale:
        pair.switch(drain_seconds=0.1)
        return sale

    trading.shop.ccp.script = meanwhile
    answer = trading.shop.order()
    assert answer.status_code == 201
    assert pair.writer.name != former
    order = UUID(answer.headers["Location"].rpartition("/")[2])
    assert trading.value(f"SELECT state FROM sales_order WHERE id = '{order}'") == "CONFIRMED"
    assert len(trading.shop.ccp.calls) == 1
    trading.close()
    pair.rejoin()


def test_what_was_committed_when_the_writer_went_is_recorded_once(pair: Pair) -> None:
    database = Database(pair.settings(), size=1)
    before = count(pair.writer, "support_agent")
    tries: list[int] = []

    def effect(connection: Connection) -> None:
        tries.append(1)
        note(connection)
        if len(tries) == 1:
            pair.switch(drain_seconds=0.1)

    database.record(effect)
    assert len(tries) == 2
    assert count(pair.writer, "support_agent") == int(str(before)) + 1
    database.close()
    pair.rejoin()


def test_without_a_writer_nobody_is_ready_and_a_request_is_held_until_there_is_one(pair: Pair) -> None:
    database = Database(pair.settings(), size=2)
    schema_ready(database)
    pair.writer.stop()
    with pytest.raises(NoWriter):
        schema_ready(database)
    starting = threading.Timer(0.5, pair.writer.start)
    starting.start()
    with database.transaction() as connection:
        note(connection)
    starting.join()
    schema_ready(database)
    database.close()


def test_of_two_writers_the_one_of_the_earlier_epoch_takes_nothing(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.database.HOLD_SECONDS", 0.1)
    monkeypatch.setattr("services.common.database.MAX_LIFETIME_SECONDS", 0.0)  # each goes where the endpoint leads
    pair.wait_for_standby()
    knows = [Database(pair.settings(), size=2) for _ in range(2)]
    former = pair.writer
    for database in knows:
        schema_ready(database)
    pair.promote()  # nobody has told the former writer
    with pair.control() as control:
        control.begin()
    for database in knows:
        schema_ready(database)
    before, accepted = count(former, "support_agent"), 0
    for attempt in range(16):
        pair.lead_to(former if attempt % 4 else pair.writer)
        try:
            with knows[attempt % 2].transaction() as connection:
                note(connection)
        except NoWriter:
            continue
        accepted += 1
    assert count(former, "support_agent") == before
    assert accepted > 0, "the writer of the new epoch takes what is for it"
    for database in knows:
        database.close()
    pair.lead_to(pair.writer)
    pair.copy_anew()


def test_a_writer_that_was_left_in_a_planned_way_takes_nothing_even_from_who_knows_of_no_epoch(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.common.database.HOLD_SECONDS", 0.2)
    pair.switch()
    former = pair.standby
    (former.home.data / "standby.signal").unlink(missing_ok=True)
    former.start()
    pair.lead_to(former)
    newcomer = Database(pair.settings(), size=1)
    with pytest.raises(NoWriter), newcomer.transaction() as connection:
        note(connection)
    with pytest.raises(NoWriter):
        newcomer.record(note, 0.2)
    newcomer.close()
    pair.lead_to(pair.writer)
    pair.copy_anew()

"""What the writer's row admits: everything, only what has begun, or nothing; an epoch that is over takes no writes."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from local.machine.postgres import CONTROLLER, OWNER, Postgres
from services.common.database import Database
from services.common.errors import NoWriter
from services.common.readiness import schema_ready, writer_ready
from services.common.writer import Purpose
from services.order.model import CcpSale
from tests.integration.conftest import World
from tests.support.pair import Control
from tests.support.postgres import settings_of
from tests.support.shop import Shop

NOTE = "UPDATE customer SET note = 'written'"


@pytest.fixture
def desk(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    monkeypatch.setattr("services.common.database.HOLD_SECONDS", 0.3)
    with server.connect(CONTROLLER) as connection:
        desk = Control(connection)
        yield desk
        desk.admit("open")


def written(world: World) -> object:
    return world.value("SELECT count(*) FROM customer WHERE note = 'written'")


def test_while_nothing_is_admitted_orders_are_put_off_and_orders_are_shown(world: World, desk: Control) -> None:
    shop = Shop(world)
    address = shop.order().headers["Location"]
    desk.admit("closed")
    refused = shop.order()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert len(shop.ccp.calls) == 1
    assert shop.get(address).status_code == 200
    schema_ready(world.database)
    with pytest.raises(NoWriter):
        writer_ready(world.database)
    desk.admit("open")
    writer_ready(world.database)
    assert shop.order().status_code == 201


def test_an_order_is_held_until_the_writer_admits_it(
    world: World, desk: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.common.database.HOLD_SECONDS", 20)
    desk.admit("closed")
    opening = threading.Timer(0.5, desk.admit, ["open"])
    opening.start()
    assert Shop(world).order().status_code == 201
    opening.join()


def test_what_reads_can_write_nothing_while_nothing_is_admitted(world: World, desk: Control) -> None:
    desk.admit("closed")
    with pytest.raises(NoWriter), world.database.reading() as connection:
        connection.execute(NOTE.encode())
    assert written(world) == 0


def test_a_call_under_way_is_counted_and_recorded_while_new_ones_do_not_begin(world: World, desk: Control) -> None:
    shop = Shop(world)
    counted: list[object] = []

    def meanwhile(sale: CcpSale) -> CcpSale:
        desk.admit("draining")
        counted.extend(desk.ask("SELECT ccp_calls FROM unfinished_work()"))
        assert shop.order().status_code == 503
        return sale

    shop.ccp.script = meanwhile
    assert shop.order().status_code == 201
    assert counted == [1]
    assert len(shop.ccp.calls) == 1
    assert desk.ask("SELECT ccp_calls FROM unfinished_work()") == (0,)


def test_transactions_under_way_are_counted(world: World, desk: Control) -> None:
    assert desk.ask("SELECT transactions FROM unfinished_work()") == (0,)
    with world.database.transaction():
        assert desk.ask("SELECT transactions FROM unfinished_work()") == (1,)
    assert desk.ask("SELECT transactions FROM unfinished_work()") == (0,)


def test_who_knows_another_epoch_changes_nothing(world: World, desk: Control) -> None:
    before = desk.ask("SELECT epoch, admission FROM writer_epoch")
    assert desk.ask("SELECT set_admission(epoch - 1, 'closed', 'test') FROM writer_epoch") == (False,)
    assert desk.ask("SELECT begin_epoch(epoch + 1, 'apac', 'test') FROM writer_epoch") == (None,)
    assert desk.ask("SELECT epoch, admission FROM writer_epoch") == before


def test_the_services_read_the_row_and_do_not_change_it(world: World) -> None:
    for statement in (
        "UPDATE writer_epoch SET epoch = 99",
        "SELECT set_admission(1, 'closed', 'me')",
        "SELECT begin_epoch(1, 'eu', 'me')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), world.database.transaction() as connection:
            connection.execute(statement.encode())


@pytest.mark.parametrize("purpose", Purpose)
def test_a_server_of_an_epoch_that_is_over_is_neither_written_nor_read(
    world: World, desk: Control, server: Postgres, purpose: Purpose
) -> None:
    desk.begin()
    schema_ready(world.database)
    with server.connect(OWNER) as owner:
        owner.execute("UPDATE writer_epoch SET epoch = epoch - 1")  # as on a writer that was left behind
    with pytest.raises(NoWriter), world.database.transaction(purpose) as connection:
        connection.execute(NOTE.encode())
    assert written(world) == 0
    desk.begin()
    schema_ready(world.database)


def test_a_transaction_that_began_in_an_earlier_epoch_is_not_committed(world: World, desk: Control) -> None:
    def overtaken() -> None:
        with world.database.transaction() as connection:
            connection.execute(NOTE.encode())
            desk.begin()
            schema_ready(world.database)

    with pytest.raises(NoWriter):
        overtaken()
    assert written(world) == 0


def test_with_a_new_epoch_the_connections_of_the_one_before_are_given_up(
    world: World, desk: Control, server: Postgres
) -> None:
    database = Database(settings_of(server), size=2)

    def process() -> object:
        with database.transaction() as connection:
            row = connection.execute("SELECT pg_backend_pid() AS pid").fetchone()
            return row and row["pid"]

    former = process()
    assert process() == former
    desk.begin()
    process()
    assert process() != former
    database.close()

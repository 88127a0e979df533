"""Orders that stand still are found, and handed over or parked."""

from concurrent.futures import ThreadPoolExecutor

from local.machine.postgres import Postgres
from services.common.database import Database
from services.orchestrator.scan import STILL_SECONDS, scan
from tests.support import postgres
from tests.support.desk import Desk


def still(desk: Desk) -> None:
    desk.world.admin.execute(f"UPDATE sales_order SET updated_at = now() - interval '{STILL_SECONDS + 1} seconds'")


def test_an_order_that_stands_still_is_handed_over_until_its_tries_are_used_up(desk: Desk) -> None:
    desk.order()
    still(desk)
    assert scan(desk.world.database) == 0
    for _ in range(8):
        assert desk.pipeline.relay() == 1
        desk.world.admin.execute("UPDATE outbox SET consumed_at = now()")
        assert scan(desk.world.database) == 1
        assert scan(desk.world.database) == 0
    desk.pipeline.relay()
    assert desk.pipeline.state() == "PARKED"
    assert "8 deliveries" in desk.pipeline.reason()


def test_an_order_without_a_payload_to_go_on_with_is_parked_with_the_reason(desk: Desk) -> None:
    desk.order()
    desk.pipeline.relay()
    desk.pipeline.take("invoice")
    desk.world.admin.execute("DELETE FROM outbox WHERE queue = 'document'")
    assert scan(desk.world.database) == 0
    still(desk)
    assert scan(desk.world.database) == 1
    assert desk.pipeline.state() == "PARKED"
    assert "no payload leads to the stage 'document'" in desk.pipeline.reason()


def test_two_scans_at_once_take_each_order_once(desk: Desk, server: Postgres) -> None:
    for _ in range(6):
        desk.order()
    desk.world.admin.execute("UPDATE outbox SET consumed_at = now()")
    still(desk)
    databases = [Database(postgres.settings_of(server), size=1) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(scan, databases)) == 6
    for database in databases:
        database.close()
    assert desk.world.value("SELECT count(*) FROM outbox WHERE consumed_at IS NULL") == 6

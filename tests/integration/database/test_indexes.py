"""Operators' questions find the few orders that wait among very many that are done, by indexes alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.common.database import Connection
from services.common.orders import State
from services.orchestrator import expiry, facts, listing, timeline
from services.orchestrator.facts import Leave
from services.orchestrator.handover.gathering import Switch, gather
from services.orchestrator.kept import KeptObjects, renewed
from services.orchestrator.plans import Effect, Plan, Step
from services.orchestrator.queries import ExpiringQuery, Filter, OrdersQuery
from services.orchestrator.stages import Stage
from tests.integration.conftest import Aws, World
from tests.support.desk import Desk

DONE = 4_000
"""Finished orders: enough for an index to be worth its while."""
OFTEN = 8
"""From the fifth time on, a prepared statement may get one plan for all values."""

_COPIES = """
    CREATE TEMPORARY TABLE copied AS
        SELECT gen_random_uuid() AS id, now() - n * interval '1 minute' AS at FROM generate_series(1, %(number)s) AS n;
    INSERT INTO sales_order (id, customer_id, subscription_id, sales_product_id, product_name, amount, sales_price,
            purchase_price, currency, state, leased_until, created_at)
        SELECT c.id, o.customer_id, o.subscription_id, o.sales_product_id, o.product_name, o.amount, o.sales_price,
            o.purchase_price, o.currency, 'EMAILED', now(), c.at
        FROM copied c, sales_order o WHERE o.state = 'PARKED';
    INSERT INTO outbox (path, queue, order_id, customer_id, body, sha256, length, consumed_at, created_at)
        SELECT b.customer_id || '/' || c.id || '/email/1-' || b.sha256 || '.json', 'email', c.id, b.customer_id, b.body,
            b.sha256, b.length, now(), c.at
        FROM copied c, outbox b WHERE b.queue = 'email';
    INSERT INTO inbox (consumer, path, lease_token, lease_until, finished_at, outcome)
        SELECT 'email', b.path, gen_random_uuid(), now(), now(), 'done'
        FROM outbox b JOIN copied c ON c.id = b.order_id;
    INSERT INTO email_ledger (path, order_id, recipient_sha256, state, attempt_id, message_id)
        SELECT b.path, b.order_id, b.sha256, 'SENT', gen_random_uuid(), 'x'
        FROM outbox b JOIN copied c ON c.id = b.order_id;
    INSERT INTO invoice (order_id, revision, series, number, invoice_number, subscription_item_id, amount, currency,
            document_path, document_sha256)
        SELECT b.order_id, 1, v.series, 10 + row_number() OVER (), 'x' || row_number() OVER (), v.subscription_item_id,
            v.amount, v.currency, replace(b.path, '.json', '.pdf'), b.sha256
        FROM invoice v, outbox b JOIN copied c ON c.id = b.order_id;
    DROP TABLE copied;
    ANALYZE sales_order, outbox, inbox, email_ledger, invoice;
"""


@pytest.fixture
def desk(world: World, aws: Aws) -> Desk:
    """One parked order among many that are done."""
    desk = Desk(world, aws)
    desk.park()
    world.admin.execute(_COPIES.replace("%(number)s", str(DONE)).encode())
    return desk


def reads(desk: Desk, ask: Callable[[Connection], object]) -> dict[str, int]:
    """How many rows of each table a question reads when it has been asked often, by whole scans and by indexes."""
    with desk.world.database.transaction() as connection:
        for _ in range(OFTEN):
            ask(connection)
        rows = "SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS tuples"
        before = {row["relname"]: row["tuples"] for row in connection.execute(f"{rows} FROM pg_stat_xact_user_tables")}
        ask(connection)
        after = {row["relname"]: row["tuples"] for row in connection.execute(f"{rows} FROM pg_stat_xact_user_tables")}
    return {name: read for name, tuples in after.items() if (read := tuples - before[name])}


def few(read: dict[str, int]) -> bool:
    """Whether something was read, and of no table more than a handful."""
    return 0 < max(read.values()) < DONE / 20


def test_the_parked_orders_are_listed(desk: Desk) -> None:
    def ask(connection: Connection) -> None:
        page = listing.page(connection, OrdersQuery(state=State.PARKED))
        assert len(page["orders"]) == 1  # type: ignore[arg-type]

    assert few(reads(desk, ask))


def test_the_parked_orders_are_chosen_for_a_bulk_restart(desk: Desk) -> None:
    def ask(connection: Connection) -> None:
        assert len(listing.choose(connection, Filter(state=State.PARKED), 100, None).made_at) == 1

    assert few(reads(desk, ask))


def test_what_expires_of_open_orders_is_found(desk: Desk) -> None:
    def ask(connection: Connection) -> None:
        page = expiry.expiring(connection, 30, ExpiringQuery(days=30))
        assert len(page["payloads"]) == 4  # type: ignore[arg-type]

    assert few(reads(desk, ask))


def test_a_hand_over_note_is_made(desk: Desk) -> None:
    now = datetime.now(UTC)
    switch = Switch(epoch=2, from_region=None, to_region="eu", lost=None, since=now, made_at=now)

    def ask(connection: Connection) -> None:
        assert gather(connection, switch, "eu", ()).numbers.parked_orders == 1

    assert few(reads(desk, ask))


def test_an_order_s_timeline_is_told(desk: Desk) -> None:
    order_id = UUID(str(desk.world.value("SELECT id FROM sales_order WHERE state = 'PARKED'")))
    assert few(reads(desk, lambda connection: timeline.order_of(connection, order_id)))


def test_a_pdf_is_found_by_its_path_and_kept_for_longer(desk: Desk) -> None:
    path = str(desk.world.value("SELECT document_path FROM invoice WHERE invoice_number = 'EU-000001'"))
    kept = KeptObjects(desk.world.database, desk.aws.payloads).find(path)
    assert few(reads(desk, lambda connection: renewed(connection, kept)))
    assert desk.world.value("SELECT count(*) FROM invoice WHERE document_stored_anew_at IS NOT NULL") == 1


def test_a_restart_reopens_its_own_consumer_s_row_by_its_key(desk: Desk) -> None:
    path = desk.path("email")
    order_id = UUID(str(desk.world.value("SELECT id FROM sales_order WHERE state = 'PARKED'")))
    desk.world.admin.execute(
        "INSERT INTO inbox (consumer, path, lease_token, lease_until, finished_at, outcome)"
        " VALUES ('archive', %s, gen_random_uuid(), now(), now(), 'done')",
        (path,),
    )
    plan = Plan(Effect.RESTART, Stage.EMAIL, "", steps=(Step(path, reopen=True),))

    def ask(connection: Connection) -> None:
        facts.carry_out(connection, order_id, plan, Leave(None, ""))

    assert few(reads(desk, ask))
    open_rows = "SELECT array_agg(consumer) FROM inbox WHERE finished_at IS NULL"
    assert desk.world.value(open_rows) == ["email"]

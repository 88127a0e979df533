"""Row level security: a tenant's transaction sees its own rows alone, and no table of a customer is left without."""

from uuid import uuid4

import psycopg
import pytest

from local.machine.postgres import OWNER, Postgres
from tests.integration.conftest import World

TABLES = """
    SELECT c.relname, c.relrowsecurity,
        array(SELECT attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0) AS columns
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""
TELLS_OF_A_CUSTOMER = {"customer_id", "order_id", "invoice_id", "license_id", "case_id", "subscription_item_id"}


def test_every_table_that_tells_of_a_customer_is_protected(server: Postgres) -> None:
    with server.connect(OWNER) as owner:
        rows = owner.execute(TABLES).fetchall()
    bare = {name for name, protected, columns in rows if TELLS_OF_A_CUSTOMER & set(columns) and not protected}
    assert bare == set()


def test_the_application_owns_no_table_and_passes_no_policy_by(server: Postgres) -> None:
    with server.connect(OWNER) as owner:
        owned = owner.execute("SELECT count(*) FROM pg_tables WHERE tableowner LIKE 'cloudsales_a%'").fetchone()
        roles = owner.execute(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('cloudsales_app', 'cloudsales_tenant')"
            " AND (rolbypassrls OR rolsuper)"
        ).fetchall()
    assert owned == (0,)
    assert roles == []


def test_a_tenant_sees_its_own_rows_alone(world: World) -> None:
    mine, theirs = world.customer("mueller"), world.customer("siam")
    with world.database.tenant(mine.id) as connection:
        for table in ("customer", "account", "subscription", "customer_subscription", "app_user"):
            shown = connection.execute(f"SELECT * FROM {table}".encode()).fetchall()
            assert shown, table
            assert str(theirs.id) not in str(shown)
            assert str(theirs.subscription_id) not in str(shown)
        assert connection.execute("SELECT id FROM customer").fetchall() == [{"id": mine.id}]


def test_a_tenant_can_change_nobody_else_s_rows(world: World) -> None:
    mine, theirs = world.customer("mueller"), world.customer("siam")
    with world.database.tenant(mine.id) as connection:
        changed = connection.execute("UPDATE account SET description = 'x' WHERE customer_id = %s", (theirs.id,))
        assert changed.rowcount == 0
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
        world.database.tenant(mine.id) as connection,
    ):
        connection.execute("INSERT INTO account (customer_id, name) VALUES (%s, 'stolen')", (theirs.id,))


def test_a_tenant_cannot_give_its_rows_away(world: World) -> None:
    mine, theirs = world.customer("mueller"), world.customer("siam")
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
        world.database.tenant(mine.id) as connection,
    ):
        connection.execute("UPDATE account SET customer_id = %s", (theirs.id,))


def test_an_unknown_tenant_sees_nothing_and_the_next_transaction_is_nobody_s(world: World) -> None:
    with world.database.tenant(uuid4()) as connection:
        assert connection.execute("SELECT FROM customer").rowcount == 0
    with world.database.transaction() as connection:
        assert connection.execute("SELECT FROM customer").rowcount > 1
        assert connection.execute("SELECT current_user AS name").fetchone() == {"name": "cloudsales_app"}


def test_a_tenant_without_its_setting_sees_nothing(world: World) -> None:
    with world.database.transaction() as connection:
        connection.execute("SET LOCAL ROLE cloudsales_tenant")
        assert connection.execute("SELECT FROM customer").rowcount == 0


@pytest.mark.parametrize("table", ["operator_action", "ccp_discrepancy", "handover"])
def test_what_is_between_us_and_the_ccp_no_tenant_reads(world: World, table: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        world.database.tenant(world.customer("mueller").id) as connection,
    ):
        connection.execute(f"SELECT * FROM {table}".encode())


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("sales_order", "purchase_price"),
        ("sales_order", "purchase_currency"),
        ("sales_order", "*"),
        ("invoice_line", "purchased_price"),
        ("invoice_line", "*"),
        ("sales_product", "purchase_price"),
    ],
)
def test_what_a_sale_has_cost_us_no_tenant_reads(world: World, table: str, column: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"permission denied for table {table}"),
        world.database.tenant(world.customer("mueller").id) as connection,
    ):
        connection.execute(f"SELECT {column} FROM {table}".encode())


def test_the_payload_that_tells_of_purchase_prices_is_not_shown(world: World) -> None:
    mine = world.customer("mueller").id
    for queue in ("invoice", "email"):
        world.admin.execute(
            "INSERT INTO outbox (path, queue, order_id, customer_id, body, sha256, length)"
            " VALUES (%s, %s, %s, %s, %s, %s, 2)",
            (f"{queue}/1", queue, uuid4(), mine, "{}", "0" * 64),
        )
    with world.database.tenant(mine) as connection:
        assert connection.execute("SELECT queue FROM outbox").fetchall() == [{"queue": "email"}]


@pytest.mark.parametrize("column", ["purchase_price", "sales_price", "amount", "customer_id", "ccp_transaction_id"])
def test_a_tenant_changes_no_terms_of_an_order(world: World, column: str) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
        world.database.tenant(world.customer("mueller").id) as connection,
    ):
        connection.execute(f"UPDATE sales_order SET {column} = NULL".encode())

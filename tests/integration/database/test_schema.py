"""Migrations go up, down and up again, and the services know which revision they need."""

from local.machine.postgres import OWNER, Postgres
from services.common.readiness import SCHEMA_REVISION
from services.database import schema
from tests.support.postgres import settings_of


def tables(server: Postgres) -> set[str]:
    with server.connect(OWNER) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {row[0] for row in found}


def test_up_down_up(server: Postgres) -> None:
    owner = settings_of(server, owner=True)
    before = tables(server)
    with server.connect(OWNER) as connection:
        connection.execute("TRUNCATE license, idempotency_key CASCADE")  # what is sealed cannot go back into clear text
    schema.downgrade(owner, "base")
    assert tables(server) == {"alembic_version"}
    schema.upgrade(owner)
    assert tables(server) == before
    assert {"sales_order", "outbox", "inbox", "invoice", "email_ledger"} <= before


def test_the_services_need_a_revision_that_this_release_brings() -> None:
    assert schema.head() >= SCHEMA_REVISION


def test_every_table_but_the_link_tables_and_logs_carries_its_times(server: Postgres) -> None:
    exempt = {"alembic_version", "writer_epoch", "customer_subscription", "license_account", "license_valid_to_date"}
    logs = {"operator_action", "order_event", "outbox", "inbox", "mail_event", "mail_copy", "inbound_mail"} | {
        "case_message",
        "company_change",
        "case_event",
        "expiry_letter",
        "expiry_notice",
        "handover",
        "license_key_reading",
        "price_change",
    }
    with server.connect(OWNER) as connection:
        rows = connection.execute(
            "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns"
            " WHERE table_schema = 'public' GROUP BY table_name"
        ).fetchall()
    for table, columns in rows:
        if table not in exempt | logs:
            assert {"created_at", "updated_at"} <= set(columns), table

"""Alembic's entry: one connection, one advisory lock, short waits for tables, everything in one transaction."""

from alembic import context
from sqlalchemy import Connection, text

MIGRATION_LOCK = 4_310_822
"""Any constant: whoever holds this advisory lock migrates, the others wait."""


def run() -> None:
    """Runs the chosen revisions on the connection that the caller put into the configuration."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        context.run_migrations()


run()

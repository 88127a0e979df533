"""Ready means: the database answers and has the schema that this release was built for; a worker needs to write."""

from psycopg.errors import ReadOnlySqlTransaction

from services.common.database import Database
from services.common.errors import Unavailable

SCHEMA_REVISION = "0021"
"""The oldest schema revision that this code can work with; a newer one only ever adds (expand/contract)."""


def schema_ready(database: Database) -> None:
    """Returns if the service can work.

    Raises:
        Unavailable: the database does not answer, or its schema is older than this release needs.
    """
    with database.transaction() as connection:
        known = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL AS known").fetchone()
        row = (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if known and known["known"]
            else None
        )
    if row is None or row["version_num"] < SCHEMA_REVISION:
        raise Unavailable(f"the database schema is older than {SCHEMA_REVISION}")


def writer_ready(database: Database) -> None:
    """Returns if a worker can do its work, which always ends with a write.

    Raises:
        Unavailable: as `schema_ready`, or the database takes no writes, as after a switchover.
    """
    schema_ready(database)
    with database.transaction() as connection:
        row = connection.execute("SELECT current_setting('transaction_read_only')::boolean AS refuses").fetchone()
        if row is None or row["refuses"]:
            # As if it had refused a write: the connection to a former writer is given up.
            raise ReadOnlySqlTransaction

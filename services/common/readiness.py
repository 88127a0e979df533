"""Ready means: the writer answers and has the schema that this release was built for; for a worker, it admits work."""

from services.common.database import Connection, Database
from services.common.errors import Unavailable
from services.common.writer import Purpose

SCHEMA_REVISION = "0025"
"""The oldest schema revision that this code can work with; a newer one only ever adds (expand/contract)."""


def schema_ready(database: Database) -> None:
    """Returns if requests can be answered, those that only read at least: the writer moves within a moment.

    Raises:
        Unavailable: there is no writer, or its schema is older than this release needs.
    """
    with database.transaction(Purpose.READ, hold_seconds=0.0) as connection:
        _check(connection)


def writer_ready(database: Database) -> None:
    """Returns if a worker can do its work, which always ends with a write.

    Raises:
        Unavailable: as `schema_ready`, or the controller admits no work.
    """
    with database.transaction(hold_seconds=0.0) as connection:
        _check(connection)


def _check(connection: Connection) -> None:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None or row["version_num"] < SCHEMA_REVISION:
        raise Unavailable(f"the database schema is older than {SCHEMA_REVISION}")

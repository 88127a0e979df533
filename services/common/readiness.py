"""Ready means: the database answers and has the schema that this release was built for."""

from services.common.database import Database
from services.common.errors import Unavailable

SCHEMA_REVISION = "0009"
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

"""The database's clock, by which every instance counts."""

from datetime import datetime

from services.common.database import Connection


def now(connection: Connection) -> datetime:
    """When the transaction began."""
    row = connection.execute("SELECT now() AS now").fetchone()
    if row is None:
        raise LookupError("the database has no clock")
    moment: datetime = row["now"]
    return moment

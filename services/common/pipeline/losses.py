"""What may not go on after the loss of a region until it is known what that region had done already.

The database has forgotten the last seconds before the loss, customers have not. Whatever stood before a step that shows
(a number, a document, a mail) may have had it done. So it waits until the buckets were searched, and a person is asked
where that leaves a doubt. What began after the loss goes on as if nothing had been.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.common.database import Connection
from services.common.errors import Park, Retry

PATIENCE_SECONDS: Final = 60
"""How long the search is waited for: a region that is lost may never answer. Then each doubt is a person's."""
AGAIN_SECONDS: Final = 5

_LATEST = """
    SELECT epoch, region, searched_at IS NOT NULL AS searched,
        began_at < clock_timestamp() - make_interval(secs => %(patience)s) AS overdue
    FROM writer_loss WHERE epoch = (SELECT max(epoch) FROM writer_loss)
        AND %(at)s < began_at
"""


@dataclass(frozen=True)
class Doubt:
    """The search for what the lost region had done has not come to its end: what it did may never be known."""

    epoch: int
    region: str

    def __str__(self) -> str:
        return f"the region {self.region} was lost, and its bucket could not be searched"


def doubt(connection: Connection, at: datetime) -> Doubt | None:
    """Whether something that was under way at this moment may have been done by a region that is lost; None if not.

    Raises:
        Retry: it is being looked for.
    """
    row = connection.execute(_LATEST, {"patience": PATIENCE_SECONDS, "at": at}).fetchone()
    if row is None or row["searched"]:
        return None
    if not row["overdue"]:
        raise Retry("what a lost region had done is being looked for", seconds=AGAIN_SECONDS)
    return Doubt(row["epoch"], row["region"])


def doubt_of_order(connection: Connection, order_id: UUID) -> Doubt | None:
    """As `doubt`, of what the order has led to; what belongs to no order is in no doubt."""
    return _doubt_since(connection, "SELECT created_at FROM sales_order WHERE id = %s", order_id)


def doubt_of_payload(connection: Connection, path: str) -> Doubt | None:
    """As `doubt`, of what the payload asks for."""
    return _doubt_since(connection, "SELECT created_at FROM outbox WHERE path = %s", path)


def ask_once(connection: Connection, order_id: UUID, reason: str) -> None:
    """Returns if a person has been told this, and has restarted the order knowing it.

    Raises:
        Park: nobody has been told.
    """
    told = connection.execute(
        "SELECT FROM order_event WHERE order_id = %s AND stage IN ('PARKED', 'STOPPED') AND detail = %s",
        (order_id, reason),
    )
    if told.rowcount == 0:
        raise Park(reason)


def _doubt_since(connection: Connection, query: str, key: object) -> Doubt | None:
    row = connection.execute(query.encode(), (key,)).fetchone()
    return None if row is None else doubt(connection, row["created_at"])

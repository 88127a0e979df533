"""The witness of a number: an object in S3 that says whose it is, written before the number can reach a customer.

The database gives every number once. But a database that has failed over with data loss may have forgotten the last
ones it gave and give them again; S3 has not forgotten. A worker that finds a number in other hands raises the alarm and
stops.
"""

import logging
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection
from services.common.errors import Park
from services.common.pipeline.payloads import PayloadStore

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Numbered:
    """An issued number: its series, its place in it, whose it is, and the hashes of its files if it was printed."""

    invoice_number: str
    series: str
    number: int
    order_id: UUID
    request_id: UUID | None
    document_sha256: str | None
    e_invoice_sha256: str | None
    other: UUID | None = None
    """The order that had it from a writer that was lost, as far as the buckets that were searched tell."""

    @property
    def key(self) -> str:
        """The witness object's key."""
        return f"numbers/{self.series}/{self.number}"

    @property
    def holder(self) -> str:
        """What the witness object holds: the order's id, for a credit note with the id of what asked for it."""
        return f"{self.order_id}" if self.request_id is None else f"{self.order_id} {self.request_id}"


def numbered(connection: Connection, invoice_number: str, order_id: UUID) -> Numbered:
    """The number as the database knows it.

    Raises:
        Park: the order has no document of this number.
    """
    row = connection.execute(
        """
        SELECT invoice_number, series, number, order_id, request_id, document_sha256, e_invoice_sha256, (
            SELECT n.order_id FROM lost_number n
            WHERE (n.series, n.number) = (v.series, v.number) AND n.order_id <> v.order_id LIMIT 1
        ) AS other
        FROM invoice v WHERE invoice_number = %s AND order_id = %s
        """,
        (invoice_number, order_id),
    ).fetchone()
    if row is None:
        raise Park(f"the payload bears the number {invoice_number}, which this order has not")
    return Numbered(**row)


def witness(payloads: PayloadStore, given: Numbered) -> None:
    """Returns if the number is its order's, now or since an earlier try.

    Raises:
        Park: S3 says that another order has it.
        Unavailable: S3 does not answer.
    """
    holder = str(given.other) if given.other else payloads.claim(given.key, given.holder)
    if holder == given.holder:
        return
    extra = {"order_id": given.order_id, "invoice_number": given.invoice_number, "holder": holder}
    _log.critical("one number for two orders", extra=extra)
    # Whose it is stands in the log alone: the reason is this customer's to read.
    raise Park(
        f"the number {given.invoice_number} was given to another order before: the database has lost data; "
        f"close the series {given.series}, open a new one, and have this order numbered again"
    )

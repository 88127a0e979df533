"""Gives an order the invoice again that a writer which was lost had given it: its number, and nothing decided anew.

The witness in S3 says that the number is the order's, and the payload says what was printed. So the document is printed
as it was, byte for byte. Where the payload is gone too, a person decides.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.common.database import Connection
from services.common.pipeline import losses, manifests
from services.invoice.numbering import Number
from services.manifests.document import DocumentManifest
from services.manifests.invoice_document import InvoiceDocument


@dataclass(frozen=True)
class Recalled:
    """The number that the order has, and the document that bears it."""

    number: Number
    document: InvoiceDocument


def recall(connection: Connection, order_id: UUID, sold_at: datetime, legal_entity_id: UUID) -> Recalled | None:
    """The invoice that the order had before a loss; None if it had none, or if a person lets it have another one.

    Raises:
        Park: it had one that cannot be restored, or may have had one; restarted by a person, it gets another.
        Retry: it is being looked for.
    """
    doubt = losses.doubt(connection, sold_at)
    if doubt is not None:
        losses.ask_once(connection, order_id, f"it may have an invoice already: {doubt}; if not, restart it")
    lost = connection.execute(
        """
        SELECT n.series, n.number, n.witnessed_at, n.document,
            EXISTS (SELECT FROM invoice v WHERE (v.series, v.number) = (n.series, n.number)) AS taken
        FROM lost_number n WHERE n.order_id = %s AND n.request_id IS NULL ORDER BY n.witnessed_at LIMIT 1
        """,
        (order_id,),
    ).fetchone()
    if lost is None:
        return None
    number = Number(lost["series"], lost["number"], lost["witnessed_at"])
    recalled = None if lost["taken"] or lost["document"] is None else _read(number, lost["document"], order_id)
    if recalled is None:
        reason = f"{number.text} was given to it before a region was lost, and cannot be restored"
        losses.ask_once(connection, order_id, f"{reason}: restarted, it gets an invoice of another number")
        return None
    _enter(connection, number, legal_entity_id)
    return recalled


def _read(number: Number, body: str, order_id: UUID) -> Recalled | None:
    document = manifests.read(DocumentManifest, body.encode()).payload
    if not isinstance(document, InvoiceDocument) or (document.number, document.order_id) != (number.text, order_id):
        return None
    return Recalled(number, document)


def _enter(connection: Connection, number: Number, legal_entity_id: UUID) -> None:
    """Has the closed series know of the number; it gives no other one for that."""
    connection.execute(
        """
        INSERT INTO invoice_series AS known (series, legal_entity_id, last_number, closed_at, closed_by)
        SELECT %s, %s, %s, began_at, epoch FROM writer_loss ORDER BY epoch DESC LIMIT 1
        ON CONFLICT (series) DO UPDATE
            SET last_number = greatest(known.last_number, excluded.last_number), updated_at = now()
        """,
        (number.series, legal_entity_id, number.value),
    )

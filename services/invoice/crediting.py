"""Issues a credit note: a number of its own series, drawn last, in the transaction that hands it to be rendered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.common import orders
from services.common.database import Connection
from services.common.pipeline import manifests, outbox
from services.common.tax.rates import jurisdiction_of_seller
from services.common.tax.supplies import tax_point_of
from services.invoice import lines, numbering
from services.invoice.credit import CreditHead, CreditRefused, Pieces, compose_credit_note, credited_lines
from services.invoice.numbering import InvoiceKind, Number
from services.manifests.credit_note import CreditNoteDocument, remaining
from services.manifests.document import DocumentManifest, manifest_of
from services.manifests.invoice_document import InvoiceDocument, Proration


@dataclass(frozen=True)
class CreditRequest:
    """What to take back of which invoice.

    Args:
        request_id: the caller's own id of what it does; the same id again gives the same credit note.
        order_id: whose invoice it is.
        invoice_number: the invoice, as printed.
        reason: printed on the credit note, so in words for the customer.
        pieces: what to take back by line, counted from 1; None for all that is left of the invoice, as it was charged.
    """

    request_id: UUID
    order_id: UUID
    invoice_number: str
    reason: str
    pieces: Mapping[int, Pieces] | None = None


def issue(connection: Connection, request: CreditRequest) -> str:
    """The number of the credit note, issued now or by an earlier call with the same request id.

    Raises:
        CreditRefused: there is no such invoice, less of it is left, or the request id stands for something else.
        Park: the seller's country or its words are unknown.
    """
    # The savepoint gives the number back even if the caller goes on after a refusal.
    with connection.transaction():
        row = _lock(connection, request)
        papers = _papers(connection, request)
        known = connection.execute(
            "SELECT invoice_number FROM invoice WHERE request_id = %s", (request.request_id,)
        ).fetchone()
        if known is None:
            _check_lost(connection, request)
            return _issue(connection, request, row, papers)
        number: str = known["invoice_number"]
        if not papers.answer(request, number):
            raise CreditRefused(f"the request {request.request_id} has asked for something else before")
        return number


@dataclass(frozen=True)
class _Papers:
    """The invoice as it was printed, the credit notes that it has, and the revision that the order's next one gets."""

    invoice: InvoiceDocument
    notes: tuple[CreditNoteDocument, ...]
    revision: int

    def left(self) -> dict[int, Pieces]:
        """The pieces that can still be taken back, by line."""
        left = remaining(self.invoice, self.notes)
        return {position: Pieces(quantity) for position, quantity in left.items() if quantity}

    def answer(self, request: CreditRequest, number: str) -> bool:
        """Whether the credit note of this number is what the request asks for."""
        for place, note in enumerate(self.notes):
            if note.number == number:
                then = _Papers(self.invoice, self.notes[:place], self.revision)
                asked = then.left() if request.pieces is None else request.pieces
                taken = {line.position: (line.quantity, line.proration) for line in note.lines}
                return taken == self._as_charged(asked) and note.reason == request.reason
        return False

    def _as_charged(self, asked: Mapping[int, Pieces]) -> dict[int, tuple[int, Proration | None]]:
        charged = {position: line.proration for position, line in enumerate(self.invoice.lines, start=1)}
        return {
            position: (pieces.quantity, pieces.proration or charged.get(position)) for position, pieces in asked.items()
        }


def _issue(connection: Connection, request: CreditRequest, row: dict[str, Any], papers: _Papers) -> str:
    invoice = papers.invoice
    credited = credited_lines(invoice, papers.notes, papers.left() if request.pieces is None else request.pieces)
    jurisdiction = jurisdiction_of_seller(invoice.seller.country)
    series = numbering.credit_series(numbering.series_since(row["invoice_series"], row["loss"]))
    number = numbering.draw(connection, series, row["legal_entity_id"], InvoiceKind.CREDIT_NOTE)
    head = CreditHead(
        number=number.text,
        series=number.series,
        revision=papers.revision,
        issued_on=tax_point_of(number.drawn_at, invoice.seller.country),
        title=jurisdiction.credit_note_title,
        reason=request.reason,
    )
    note = compose_credit_note(head, invoice, papers.notes, credited)
    _store(connection, request, row, number, note)
    outbox.add(
        connection, outbox.payload("document", row["customer_id"], row["order_id"], note.revision, manifest_of(note))
    )
    orders.note(connection, row["order_id"], "CREDITED", f"{note.number} corrects {invoice.number}: {note.reason}")
    return note.number


def _lock(connection: Connection, request: CreditRequest) -> dict[str, Any]:
    """The invoice's row, with its order locked as by everybody who changes one.

    So the credit notes of an order are composed one after the other, and each sees the documents of those before it.
    """
    connection.execute("SELECT FROM sales_order WHERE id = %s FOR NO KEY UPDATE", (request.order_id,))
    row = connection.execute(
        """
        SELECT i.id, i.order_id, i.subscription_item_id, o.customer_id, s.legal_entity_id, e.invoice_series,
            (SELECT max(epoch) FROM writer_loss) AS loss
        FROM invoice i
        JOIN sales_order o ON o.id = i.order_id
        JOIN invoice_series s ON s.series = i.series
        JOIN legal_entity e ON e.id = s.legal_entity_id
        WHERE i.order_id = %s AND i.invoice_number = %s AND i.kind = 'INVOICE'
        """,
        (request.order_id, request.invoice_number),
    ).fetchone()
    if row is None:
        raise CreditRefused(f"there is no invoice {request.invoice_number} of this order")
    return row


def _check_lost(connection: Connection, request: CreditRequest) -> None:
    """Refuses what a writer that was lost has done already: a customer is not given the same money back twice."""
    lost = connection.execute(
        "SELECT series, number, witnessed_at FROM lost_number WHERE order_id = %s AND request_id = %s",
        (request.order_id, request.request_id),
    ).fetchone()
    if lost is not None:
        number = Number(lost["series"], lost["number"], lost["witnessed_at"]).text
        raise CreditRefused(f"it was credited as {number} before a region was lost: enter that one")


def _papers(connection: Connection, request: CreditRequest) -> _Papers:
    rows = connection.execute(
        "SELECT body FROM outbox WHERE order_id = %s AND queue = 'document' ORDER BY id", (request.order_id,)
    ).fetchall()
    documents = [manifests.read(DocumentManifest, row["body"].encode()).payload for row in rows]
    number = request.invoice_number
    notes = tuple(
        document
        for document in documents
        if isinstance(document, CreditNoteDocument) and document.corrects.number == number
    )
    for document in documents:
        if isinstance(document, InvoiceDocument) and document.number == number:
            return _Papers(document, notes, 1 + max(one.revision for one in documents))
    raise CreditRefused(f"the document of invoice {number} is unknown")


def _store(
    connection: Connection, request: CreditRequest, row: dict[str, Any], number: Number, note: CreditNoteDocument
) -> None:
    stored = connection.execute(
        """
        INSERT INTO invoice (kind, order_id, revision, series, number, invoice_number, generated_at,
            subscription_item_id, amount, currency, net, issued_on, corrects_id, request_id)
        VALUES ('CREDIT_NOTE', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
        """,
        (
            row["order_id"], note.revision, number.series, number.value, number.text, number.drawn_at,
            row["subscription_item_id"], note.totals.gross, note.currency, note.totals.net, note.issued_on, row["id"],
            request.request_id,
        ),
    ).fetchone()  # fmt: skip
    if stored is None:
        raise LookupError(f"credit note {note.number} was not stored")
    bought = lines.bought(connection, row["id"])
    lines.store(connection, stored["id"], [(line, bought[line.position]) for line in note.lines])

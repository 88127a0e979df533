"""Turns a confirmed order into a numbered invoice, and a request into a credit note, in one short transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from services.common import orders
from services.common.database import Connection, Database
from services.common.faults import crash_point
from services.common.orders import State
from services.common.pipeline import inbox, losses, manifests, outbox
from services.common.pipeline.inbox import Work
from services.common.tax.supplies import TaxParty, decide, tax_point_of
from services.invoice import crediting, facts, lines, numbering
from services.invoice.composition import InvoiceHead, compose
from services.invoice.credit import CreditRefused, Pieces
from services.invoice.crediting import CreditRequest
from services.invoice.facts import InvoiceFacts
from services.invoice.lines import Bought
from services.invoice.numbering import Number
from services.invoice.recall import recall
from services.manifests.credit_request import CreditRequestManifest
from services.manifests.document import manifest_of
from services.manifests.invoice_document import InvoiceDocument
from services.manifests.order import OrderManifest
from services.manifests.versions import PayloadType, kind_of

REVISION = 1
"""The first invoice of an order; a correction will be a later one."""
CLOCK_SKEW = timedelta(seconds=5)
"""By how much the CCP's clock may be ahead of the database's."""


class InvoiceHandler:
    """Handles the messages of the invoice queue: confirmed orders to invoice, and credit notes to issue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self, work: Work, body: bytes) -> None:
        """Issues what the payload asks for."""
        if kind_of(body) is PayloadType.CREDIT_REQUEST:
            self._credit(work, manifests.read(CreditRequestManifest, body))
        else:
            self._invoice(work, manifests.read(OrderManifest, body))

    def _invoice(self, work: Work, order: OrderManifest) -> None:
        """Invoices the order at the price it was made at and the tax of its supply."""
        crash_point("C9", work.order_id)
        with self._database.transaction() as connection:
            known = facts.load(connection, work.order_id)
            if known is None:
                inbox.finish(connection, work, "skipped")
                return
            recalled = recall(connection, work.order_id, _sold_at(order, known), known.legal_entity_id)
            inbox.finish(connection, work)
            if recalled is None:
                number, document = _issue(connection, work.order_id, order, known)
            else:
                number, document = recalled.number, recalled.document
            _store(connection, work.order_id, number, known, document)
            payload = outbox.payload(
                "document", work.customer_id, work.order_id, document.revision, manifest_of(document)
            )
            outbox.add(connection, payload)
            orders.advance(connection, work.order_id, State.INVOICED, document.number)
            crash_point("C11", work.order_id)
        crash_point("C12", work.order_id)

    def _credit(self, work: Work, asked: CreditRequestManifest) -> None:
        """Issues the credit note; one that cannot be is told in the order's history, and the order goes on."""
        request = CreditRequest(
            request_id=asked.request_id,
            order_id=work.order_id,
            invoice_number=asked.invoice_number,
            reason=asked.reason,
            pieces={entry.position: Pieces(entry.quantity, entry.proration) for entry in asked.quantities} or None,
        )
        with self._database.transaction() as connection:
            outcome = "done"
            if (doubt := losses.doubt_of_payload(connection, work.path)) is not None:
                losses.ask_once(connection, work.order_id, f"{asked.invoice_number} may have been credited: {doubt}")
            try:
                crediting.issue(connection, request)
            except CreditRefused as refusal:
                orders.note(connection, work.order_id, "CREDIT_REFUSED", str(refusal))
                outcome = "refused"
            inbox.finish(connection, work, outcome)


def _issue(
    connection: Connection, order_id: UUID, order: OrderManifest, known: InvoiceFacts
) -> tuple[Number, InvoiceDocument]:
    supplied_on = tax_point_of(order.timestamp, known.seller.country)
    tax = decide(
        TaxParty(known.seller.country, known.seller.vat_id),
        TaxParty(known.buyer.country, known.buyer.vat_id),
        supplied_on,
    )
    # From here to the commit nobody else gets a number of the series: only what bears the number follows.
    number = numbering.draw(connection, known.series, known.legal_entity_id)
    crash_point("C10", order_id)
    issued_on = tax_point_of(number.drawn_at, known.seller.country)
    head = InvoiceHead(
        number=number.text,
        series=number.series,
        issued_on=issued_on,
        supplied_on=supplied_on,
        due_on=issued_on + timedelta(days=known.payment_days),
        revision=REVISION,
    )
    return number, compose(head, known.order, known.seller, known.buyer, tax)


def _sold_at(order: OrderManifest, known: InvoiceFacts) -> datetime:
    """When the order was first made; one that its customer has repeated after a loss has the CCP's sale of before."""
    return min(order.timestamp - CLOCK_SKEW, known.ordered_at)


def _store(
    connection: Connection, order_id: UUID, number: Number, known: InvoiceFacts, document: InvoiceDocument
) -> None:
    row = connection.execute(
        """
        INSERT INTO invoice (order_id, revision, series, number, invoice_number, generated_at, subscription_item_id,
            amount, currency, net, issued_on, due_on)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
        """,
        (
            order_id, document.revision, number.series, number.value, number.text, number.drawn_at,
            known.subscription_item_id, document.totals.gross, document.currency, document.totals.net,
            document.issued_on, document.due_on,
        ),
    ).fetchone()  # fmt: skip
    if row is None:
        raise LookupError(f"invoice {document.number} was not stored")
    bought = Bought(known.sales_product_id, known.purchase_price)
    lines.store(connection, row["id"], [(line, bought) for line in document.lines])

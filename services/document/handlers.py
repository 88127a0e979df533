"""Renders one document payload, stores the PDF, and hands the mail that carries it to the e-mail service."""

import hashlib
from typing import Protocol

from services.common import inbox, manifests, orders, outbox
from services.common.database import Database
from services.common.errors import Park
from services.common.faults import crash_point
from services.common.inbox import Work
from services.common.orders import State
from services.common.payloads import PayloadStore
from services.document.notice import notice_of
from services.document.witness import numbered, witness
from services.manifests.document import Document, DocumentManifest
from services.manifests.invoice_document import InvoiceDocument


class Printer(Protocol):
    """Makes PDFs."""

    def render(self, document: Document) -> bytes:
        """The document's PDF: equal documents give equal bytes."""


class DocumentHandler:
    """Handles the messages of the document queue. No mail can go out before the document's number has its witness."""

    def __init__(self, database: Database, payloads: PayloadStore, renderer: Printer) -> None:
        self._database = database
        self._payloads = payloads
        self._renderer = renderer

    def __call__(self, work: Work, body: bytes) -> None:
        """Renders outside any transaction; the same payload gives the same bytes, so doing it twice changes nothing.

        A document that was rendered before is put back where it was, and no second mail is handed over; an order that
        was parked because that had failed goes on.
        """
        document = manifests.read(DocumentManifest, body).payload
        with self._database.transaction() as connection:
            given = numbered(connection, document.number, work.order_id)
        witness(self._payloads, given)
        pdf = self._renderer.render(document)
        digest = hashlib.sha256(pdf).hexdigest()
        if given.document_sha256 not in (None, digest):
            raise Park(
                f"{document.number} would not be printed as it was, but with the sha256 {digest} instead of "
                f"{given.document_sha256}: have it rendered by the release that printed it"
            )
        path = f"{work.customer_id}/{work.order_id}/pdf/{document.revision}-{digest}.pdf"
        self._payloads.put_once(path, pdf, "application/pdf")
        crash_point("C14", work.order_id)
        notice = notice_of(document, path)
        with self._database.transaction() as connection:
            invoice = isinstance(document, InvoiceDocument)
            advanced = invoice and orders.advance(connection, work.order_id, State.DOCUMENTED)
            if given.document_sha256 is not None:
                inbox.finish(connection, work)
                return
            if invoice and not advanced:
                inbox.finish(connection, work, "skipped")
                return
            connection.execute(
                """
                UPDATE invoice SET document_path = %s, document_sha256 = %s, updated_at = now()
                WHERE invoice_number = %s
                """,
                (path, digest, document.number),
            )
            outbox.add(connection, outbox.payload("email", work.customer_id, work.order_id, document.revision, notice))
            inbox.finish(connection, work)
            crash_point("C15", work.order_id)

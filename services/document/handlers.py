"""Renders one document payload, stores its PDF and the e-invoice beside it, and hands over the mail with both."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from services.common import orders
from services.common.database import Connection, Database
from services.common.errors import Park
from services.common.faults import crash_point
from services.common.orders import State
from services.common.pipeline import inbox, losses, manifests, outbox
from services.common.pipeline.inbox import Work
from services.common.pipeline.payloads import PayloadStore
from services.document.notice import notice_of
from services.document.rendering import Printed
from services.document.witness import Numbered, numbered, witness
from services.manifests.document import Document, DocumentManifest
from services.manifests.invoice_document import InvoiceDocument


class Printer(Protocol):
    """Prints documents."""

    def render(self, document: Document) -> Printed:
        """The document in print: equal documents give equal bytes."""


@dataclass(frozen=True)
class _File:
    """One file of a document in print; the key of its object names its content."""

    work: Work
    revision: int
    kind: str
    media_type: str
    body: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def path(self) -> str:
        return f"{self.work.customer_id}/{self.work.order_id}/{self.kind}/{self.revision}-{self.sha256}.{self.kind}"


class DocumentHandler:
    """Handles the messages of the document queue. No mail can go out before the document's number has its witness."""

    def __init__(self, database: Database, payloads: PayloadStore, renderer: Printer) -> None:
        self._database = database
        self._payloads = payloads
        self._renderer = renderer

    def __call__(self, work: Work, body: bytes) -> None:
        """Renders outside any transaction; the same payload gives the same bytes, so doing it twice changes nothing.

        A document that was rendered before is put back where it was, and no second mail is handed over; an order that
        was parked because that had failed goes on. An order that had ended before its data came here gets the document
        that it lacks, and no mail.
        """
        document = manifests.read(DocumentManifest, body).payload
        with self._database.transaction() as connection:
            losses.doubt_of_order(connection, work.order_id)  # waits for the search, and no longer
            given = numbered(connection, document.number, work.order_id)
        witness(self._payloads, given)
        printed = self._renderer.render(document)
        pdf = _File(work, document.revision, "pdf", "application/pdf", printed.pdf)
        xml = printed.e_invoice and _File(work, document.revision, "xml", "application/xml", printed.e_invoice)
        files = (pdf, xml) if xml else (pdf,)
        _check_print(given, files)
        for file in files:
            self._payloads.put_once(file.path, file.body, file.media_type)
        crash_point("C14", work.order_id)
        notice = notice_of(document, tuple(file.path for file in files))
        with self._database.transaction() as connection:
            invoice = isinstance(document, InvoiceDocument)
            advanced = invoice and orders.advance(connection, work.order_id, State.DOCUMENTED)
            if given.document_sha256 is not None:
                inbox.finish(connection, work)
                return
            ended = invoice and not advanced and _has_ended(connection, work)
            if invoice and not advanced and not ended:
                inbox.finish(connection, work, "skipped")
                return
            connection.execute(
                """
                UPDATE invoice SET document_path = %s, document_sha256 = %s, e_invoice_path = %s,
                    e_invoice_sha256 = %s, updated_at = now()
                WHERE invoice_number = %s
                """,
                (pdf.path, pdf.sha256, xml.path if xml else None, xml.sha256 if xml else None, document.number),
            )
            if not ended:
                mail = outbox.payload("email", work.customer_id, work.order_id, document.revision, notice)
                outbox.add(connection, mail)
            inbox.finish(connection, work)
            crash_point("C15", work.order_id)


def _has_ended(connection: Connection, work: Work) -> bool:
    ended = connection.execute(
        "SELECT FROM sales_order WHERE id = %s AND state = %s", (work.order_id, State.EMAILED.value)
    )
    return ended.rowcount == 1


def _check_print(given: Numbered, files: tuple[_File, ...]) -> None:
    """Raises Park if the document was printed before and not with these bytes."""
    if given.document_sha256 is None:
        return
    stored = [digest for digest in (given.document_sha256, given.e_invoice_sha256) if digest]
    made = [file.sha256 for file in files]
    if made != stored:
        raise Park(
            f"{given.invoice_number} would not be printed as it was, but with the sha256 {' and '.join(made)} instead "
            f"of {' and '.join(stored)}: have it rendered by the release that printed it"
        )

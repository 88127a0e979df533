"""Sends one e-mail payload: exactly once as far as SES's evidence goes."""

import logging
from dataclasses import dataclass

from services.common import inbox, manifests, orders
from services.common.database import Database
from services.common.errors import Park, Retry, Unavailable
from services.common.faults import crash_point
from services.common.inbox import Work
from services.common.orders import State
from services.common.payloads import PayloadStore
from services.email import ledger
from services.email.composition import Attachment, build_message
from services.email.mailer import Mailer, OutcomeUnknown
from services.manifests.email import EmailManifest

INVOICE = "INVOICE"
"""The kind of document whose mail finishes its order; a credit note comes after the end."""

_log = logging.getLogger(__name__)


class EmailHandler:
    """Handles the messages of the e-mail queue."""

    def __init__(
        self, database: Database, payloads: PayloadStore, mailer: Mailer, sender: str, evidence_seconds: int
    ) -> None:
        self._database = database
        self._payloads = payloads
        self._mailer = mailer
        self._sender = sender
        self._evidence_seconds = evidence_seconds

    def __call__(self, work: Work, body: bytes) -> None:
        """Sends the mail that the payload describes, or finds that it was sent."""
        manifest = manifests.read(EmailManifest, body)
        documents = tuple(self._document(path) for path in manifest.attachment_paths)
        message = build_message(manifest, self._sender, tuple(map(self._attachment, documents)))
        finishes = any(document.kind == INVOICE for document in documents)
        crash_point("C16", work.order_id)
        with self._database.transaction() as connection:
            if finishes and not orders.awaits(connection, work.order_id, State.EMAILED):
                inbox.finish(connection, work, "skipped")
                return
            decision = ledger.begin(connection, work, manifest.to, self._evidence_seconds)
        match decision:
            case ledger.Wait(seconds):
                raise Retry("SES has not said yet whether it took the mail", seconds=seconds)
            case ledger.Sent(message_id):
                pass
            case ledger.Send(attempt_id, again):
                if again:
                    _log.warning("sent again: no evidence of the attempt before", extra={"order_id": work.order_id})
                crash_point("C17", work.order_id)
                try:
                    message_id = self._mailer.send(message, manifest.to, attempt_id)
                except OutcomeUnknown as unknown:
                    raise Retry(str(unknown), seconds=self._evidence_seconds) from None
                except (Park, Unavailable):
                    with self._database.transaction() as connection:
                        ledger.withdraw(connection, attempt_id)
                    raise
                crash_point("C18", work.order_id)
        with self._database.transaction() as connection:
            # A fact, not an effect: it holds even if the lease was lost meanwhile.
            ledger.accepted(connection, work, message_id)
        with self._database.transaction() as connection:
            if finishes:
                orders.advance(connection, work.order_id, State.EMAILED)
            inbox.finish(connection, work)
            crash_point("C19", work.order_id)

    def _document(self, path: str) -> "_Document":
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT kind, invoice_number, document_path, document_sha256 FROM invoice WHERE document_path = %s",
                (path,),
            ).fetchone()
        if row is None:
            raise Park(f"the attachment {path} is no document of ours")
        return _Document(**row)

    def _attachment(self, document: "_Document") -> Attachment:
        content = self._payloads.get(document.document_path, document.document_sha256)
        return Attachment(document.file_name, "application/pdf", content)


@dataclass(frozen=True)
class _Document:
    """A rendered document as the database knows it."""

    kind: str
    invoice_number: str
    document_path: str
    document_sha256: str

    @property
    def file_name(self) -> str:
        """How the customer sees the file, for example `credit-note-EUC-000001.pdf`."""
        return f"{self.kind.lower().replace('_', '-')}-{self.invoice_number}.pdf"

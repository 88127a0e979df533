"""Sends one e-mail payload: exactly once as far as SES's evidence goes."""

import logging
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from services.common import orders
from services.common.database import Database
from services.common.errors import Park, Retry, Unavailable
from services.common.faults import crash_point
from services.common.orders import State
from services.common.pipeline import inbox, manifests
from services.common.pipeline.inbox import Work
from services.common.pipeline.payloads import PayloadLost, PayloadStore
from services.email import ledger, lost
from services.email.composition import Attachment, build_message
from services.email.mailer import Mailer, OutcomeUnknown
from services.manifests.email import EmailManifest

INVOICE = "INVOICE"
"""The kind of document whose mail finishes its order; a credit note comes after the end."""

RENDER_SECONDS = 15
"""How long a mail waits for a lost PDF that is being rendered again, each time."""
KNOWN_SECONDS = 30.0
"""How long it is tried to write down what SES has said; without it the mail waits for evidence, or goes out twice."""

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
        documents = tuple(self._document(work, path) for path in manifest.attachment_paths)
        message = build_message(manifest, self._sender, tuple(map(self._attachment, documents)))
        finishes = any(document.kind == INVOICE for document in documents) and not self._sent_again(work)
        crash_point("C16", work.order_id)
        with self._database.transaction() as connection:
            if finishes and not orders.awaits(connection, work.order_id, State.EMAILED):
                inbox.finish(connection, work, "skipped")
                return
            lost.check(connection, work, manifest.attachment_paths)
            decision = ledger.begin(connection, work, manifest.to, self._evidence_seconds)
        match decision:
            case ledger.Wait(seconds):
                raise Retry("SES has not said yet whether it took the mail", seconds=seconds)
            case ledger.Refused(reason):
                raise Park(f"{reason}; when it takes mail again, lift that and restart the order from 'email'")
            case ledger.Sent(message_id):
                pass
            case ledger.Send(attempt_id, again):
                if again:
                    _log.warning("sent again: no evidence of the attempt before", extra={"order_id": work.order_id})
                crash_point("C17", work.order_id)
                message_id = self._send(message, manifest.to, attempt_id)
                crash_point("C18", work.order_id)
        # A fact, not an effect: it holds even if the lease was lost meanwhile, or the writer moved.
        alone = self._database.record(lambda it: ledger.accepted(it, work, message_id), KNOWN_SECONDS)
        if not alone:
            _log.error("one mail went out twice", extra={"order_id": work.order_id, "message_id": message_id})
        with self._database.transaction() as connection:
            if finishes:
                orders.advance(connection, work.order_id, State.EMAILED)
            inbox.finish(connection, work)
            crash_point("C19", work.order_id)

    def _send(self, message: EmailMessage, recipient: str, attempt_id: UUID) -> str:
        """The id of the message that SES has accepted; the ledger knows at once what SES has refused for sure."""
        try:
            return self._mailer.send(message, recipient, attempt_id)
        except OutcomeUnknown as unknown:
            raise Retry(str(unknown), seconds=self._evidence_seconds) from None
        except Park as refusal:
            reason = str(refusal)
            self._database.record(lambda it: ledger.fail(it, attempt_id, reason), KNOWN_SECONDS)
            raise
        except Unavailable:
            self._database.record(lambda it: ledger.withdraw(it, attempt_id), KNOWN_SECONDS)
            raise

    def _sent_again(self, work: Work) -> bool:
        """Whether a person has asked for this mail after one that was sent: it moves no order."""
        with self._database.transaction() as connection:
            known = connection.execute("SELECT FROM mail_copy WHERE path = %s AND replaces IS NULL", (work.path,))
            return known.rowcount == 1

    def _document(self, work: Work, path: str) -> "_Document":
        with self._database.transaction() as connection:
            row = connection.execute(
                """
                SELECT v.kind, v.invoice_number, f.path, f.sha256, EXISTS (
                    SELECT FROM outbox b JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
                    WHERE b.order_id = v.order_id AND b.queue = 'document' AND b.due_at < 'infinity'
                        AND split_part(split_part(b.path, '/', 4), '-', 1) = v.revision::text AND i.finished_at IS NULL
                ) AS being_rendered
                FROM invoice v CROSS JOIN LATERAL (VALUES
                    (v.document_path, v.document_sha256), (v.e_invoice_path, v.e_invoice_sha256)
                ) AS f (path, sha256)
                WHERE v.order_id = %s AND f.path = %s
                """,
                (work.order_id, path),
            ).fetchone()
        if row is None:
            raise Park(f"the attachment {path} is no document of this order")
        return _Document(**row)

    def _attachment(self, document: "_Document") -> Attachment:
        try:
            content = self._payloads.get(document.path, document.sha256)
        except PayloadLost as loss:
            if document.being_rendered:
                raise Retry(f"{loss}; it is being rendered again", seconds=RENDER_SECONDS) from None
            raise
        return Attachment(document.file_name, document.media_type, content)


@dataclass(frozen=True)
class _Document:
    """A file of a rendered document as the database knows it: its PDF, or the e-invoice beside it.

    Attributes:
        being_rendered: it was lost, and rendering it again was on its way before it was asked for.
    """

    kind: str
    invoice_number: str
    path: str
    sha256: str
    being_rendered: bool

    @property
    def file_name(self) -> str:
        """How the customer sees the file, for example `credit-note-EUC-000001.pdf`."""
        return f"{self.kind.lower().replace('_', '-')}-{self.invoice_number}.{self._suffix}"

    @property
    def media_type(self) -> str:
        """What it is."""
        return f"application/{self._suffix}"

    @property
    def _suffix(self) -> str:
        return self.path.rpartition(".")[2]

"""Sending a document's mail once more because a person asks for it: a new key of the ledger, with actor and reason.

A restart never does this: what the ledger has as sent stays sent once. The new mail has the text and the PDF of the
first one; its title counts the sendings, so that its payload, and with it its path and its ledger key, are its own. It
goes to the customer's present address, because a wrong one is the usual reason.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.common import manifests, orders, outbox
from services.common.database import Connection, Database
from services.common.errors import InvalidRequest, NotFound, NotPossible, Poison
from services.common.outbox import genuine
from services.common.payloads import PayloadLost, PayloadStore
from services.manifests.email import EmailManifest
from services.orchestrator import audit
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.callers import Caller, Refused, refusals_audited
from services.orchestrator.model import Resend
from services.orchestrator.receipts import Answer, Receipt

TITLE_LIMIT = 190
"""Characters of the first title that are kept before the count."""

_MAIL = """
    SELECT v.id AS invoice_id, v.invoice_number, v.revision, v.document_path, v.document_sha256,
        o.customer_id, c.email, first.path, first.body, first.sha256, l.state AS mail_state,
        (SELECT max(m.number) FROM mail_copy m WHERE m.invoice_id = v.id) AS copies,
        (
            SELECT m.number FROM mail_copy m JOIN outbox b ON b.path = m.path
            WHERE m.invoice_id = v.id AND b.consumed_at IS NULL AND b.due_at < 'infinity' LIMIT 1
        ) AS on_its_way,
        (
            SELECT s.cause FROM mail_suppression s
            WHERE s.recipient_sha256 = encode(sha256(convert_to(lower(btrim(c.email)), 'UTF8')), 'hex')
        ) AS suppressed
    FROM invoice v
    JOIN sales_order o ON o.id = v.order_id
    JOIN customer c ON c.id = o.customer_id
    LEFT JOIN LATERAL (
        SELECT b.path, b.body, b.sha256 FROM outbox b
        WHERE b.order_id = v.order_id AND b.queue = 'email'
            AND split_part(split_part(b.path, '/', 4), '-', 1) = v.revision::text
        ORDER BY b.id LIMIT 1
    ) AS first ON true
    LEFT JOIN email_ledger l ON l.path = first.path
    WHERE v.order_id = %(order)s AND (v.invoice_number = %(document)s OR %(document)s IS NULL AND v.kind = 'INVOICE')
    ORDER BY v.revision DESC LIMIT 1
"""


@dataclass(frozen=True)
class Mail:
    """A document's mails as the database knows them.

    Attributes:
        manifest: the first mail's; None if it has none yet, or the database's copy is not what was written.
        sent: the first mail is known to be sent.
        number: what the next mail would be counted as.
        on_its_way: the number of a mail that support has sent again and that is not out yet.
        suppressed: why no mail may go to the address.
    """

    invoice_id: UUID
    customer_id: UUID
    document: str
    document_path: str | None
    document_sha256: str | None
    revision: int
    manifest: EmailManifest | None
    address: str
    sent: bool
    number: int
    on_its_way: int | None
    suppressed: str | None


@dataclass(frozen=True)
class Wish:
    """What a resend comes to: `copy` is the new mail, or None for a refusal."""

    copy: EmailManifest | None
    why: str

    @property
    def effect(self) -> str:
        """In a word."""
        return "resend" if self.copy else "refused"


def decide(mail: Mail, *, document_lost: bool) -> Wish:
    """What sending the mail once more comes to."""
    if not mail.sent or mail.manifest is None:
        return Wish(None, f"the mail of {mail.document} is not sent yet; restart the order from the stage 'email'")
    if mail.on_its_way is not None:
        return Wish(None, f"mail number {mail.on_its_way} of {mail.document} is still on its way")
    if mail.suppressed is not None:
        cause = "it bounced for good" if mail.suppressed == "Bounce" else "its owner complained about a mail"
        return Wish(None, f"no mail may go to the customer's address: {cause}; ask for another address")
    if document_lost:
        return Wish(None, f"the PDF of {mail.document} is lost; restart the stage 'document' to have it rendered again")
    title = f"{mail.manifest.title[:TITLE_LIMIT]} ({mail.number})"
    where = "the same address" if mail.address == mail.manifest.to else "the customer's new address"
    return Wish(
        mail.manifest.model_copy(update={"title": title, "to": mail.address}),
        f"the mail of {mail.document} goes out as number {mail.number}, to {where}",
    )


class Resender:
    """Hands a document's mail to the relay once more."""

    def __init__(self, database: Database, store: PayloadStore) -> None:
        self._database = database
        self._store = store

    def resend(self, caller: Caller, order_id: UUID, command: Resend) -> str:
        """The mail of one document of the order.

        Raises:
            InvalidRequest: a real run without an idempotency key: unlike a restart, twice would be two mails.
            NotFound: the order has no such document.
            NotPossible: a real run, and no further mail can be sent.
        """
        if not command.dry_run and caller.claim is None:
            raise InvalidRequest("send an Idempotency-Key: sending twice would be two mails")
        receipt, warrant = Receipt(caller.claim), caller.warrant("resend", command)
        if not command.dry_run and receipt.known(self._database):
            return receipt.text
        with self._database.transaction() as connection:
            mail = _load(connection, order_id, command.document)
        lost = self._lost(mail)
        if command.dry_run:
            with self._database.transaction() as connection:
                wish = decide(mail, document_lost=lost)
                audit.record(connection, warrant, _finding(order_id, mail, wish))
                return json.dumps(_answer(order_id, mail, wish, dry_run=True))
        with refusals_audited(self._database, warrant, NotPossible), self._database.transaction() as connection:
            receipt.begin(connection)
            connection.execute("SELECT FROM sales_order WHERE id = %s FOR UPDATE", (order_id,))
            mail = _load(connection, order_id, command.document)
            wish = decide(mail, document_lost=lost)
            finding = _finding(order_id, mail, wish)
            if wish.copy is None:
                raise Refused(finding)
            _hand_over(connection, order_id, mail, wish.copy, warrant)
            audit.record(connection, warrant, finding)
            receipt.keep(connection, _answer(order_id, mail, wish, dry_run=False))
        return receipt.text

    def _lost(self, mail: Mail) -> bool:
        if mail.document_path is None or mail.document_sha256 is None:
            return True
        try:
            self._store.get(mail.document_path, mail.document_sha256)
        except PayloadLost:
            return True
        return False


def _load(connection: Connection, order_id: UUID, document: str | None) -> Mail:
    row = connection.execute(_MAIL, {"order": order_id, "document": document}).fetchone()
    if row is None:
        raise NotFound(f"there is no order with this id that has {document or 'an invoice'}")
    return Mail(
        invoice_id=row["invoice_id"],
        customer_id=row["customer_id"],
        document=row["invoice_number"],
        document_path=row["document_path"],
        document_sha256=row["document_sha256"],
        revision=row["revision"],
        manifest=_manifest(row),
        address=row["email"],
        sent=row["mail_state"] == "SENT",
        number=(row["copies"] or 1) + 1,
        on_its_way=row["on_its_way"],
        suppressed=row["suppressed"],
    )


def _manifest(row: dict[str, Any]) -> EmailManifest | None:
    body = genuine(row["body"], row["sha256"]) if row["path"] else None
    if body is None:
        return None
    try:
        return manifests.read(EmailManifest, body)
    except Poison:
        return None


def _hand_over(connection: Connection, order_id: UUID, mail: Mail, copy: EmailManifest, warrant: Warrant) -> None:
    item = outbox.payload("email", mail.customer_id, order_id, mail.revision, copy)
    outbox.add(connection, item)
    connection.execute(
        "INSERT INTO mail_copy (path, invoice_id, number, subject, reason) VALUES (%s, %s, %s, %s, %s)",
        (item.path, mail.invoice_id, mail.number, warrant.operator, warrant.reason),
    )
    # The customer reads the history too: the operator's own reason stands in the audit alone.
    detail = f"the mail of {mail.document}, number {mail.number}"
    orders.note(connection, order_id, "SENT_AGAIN", detail, warrant.actor)


def _finding(order_id: UUID, mail: Mail, wish: Wish) -> Finding:
    return Finding(order_id, mail.document, wish.effect, wish.why)


def _answer(order_id: UUID, mail: Mail, wish: Wish, *, dry_run: bool) -> Answer:
    return {
        "dryRun": dry_run,
        "orderId": str(order_id),
        "effect": wish.effect,
        "document": mail.document,
        "number": mail.number,
        "detail": wish.why,
    }

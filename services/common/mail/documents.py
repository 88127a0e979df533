"""A document's mails: read from the database, and handed to the relay once more.

Under a tenant's role it sees and touches the mails of the tenant's own documents alone.
"""

from dataclasses import dataclass
from uuid import UUID

from services.common import orders
from services.common.database import Connection
from services.common.errors import NotFound, Poison
from services.common.mail.copies import Mail
from services.common.orders import State
from services.common.pipeline import manifests, outbox
from services.common.pipeline.outbox import genuine
from services.manifests.email import EmailManifest

_MAIL = """
    SELECT v.id AS invoice_id, v.invoice_number, v.kind, v.revision, v.document_path, v.document_sha256,
        o.customer_id, c.email, first.body, first.sha256, own.path, own.body AS own_body, own.sha256 AS own_sha256,
        l.state AS mail_state, own.outcome = 'parked' AND coalesce(l.state, 'FAILED') = 'FAILED' AS failed,
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
        SELECT b.body, b.sha256 FROM outbox b
        WHERE b.order_id = v.order_id AND b.queue = 'email'
            AND split_part(split_part(b.path, '/', 4), '-', 1) = v.revision::text
        ORDER BY b.id LIMIT 1
    ) AS first ON true
    LEFT JOIN LATERAL (
        SELECT b.path, b.body, b.sha256, i.outcome
        FROM outbox b LEFT JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
        WHERE b.order_id = v.order_id AND b.queue = 'email'
            AND split_part(split_part(b.path, '/', 4), '-', 1) = v.revision::text
            AND i.outcome IS DISTINCT FROM 'replaced'
        ORDER BY b.id LIMIT 1
    ) AS own ON true
    LEFT JOIN email_ledger l ON l.path = own.path
    WHERE v.order_id = %(order)s AND (v.invoice_number = %(document)s OR %(document)s IS NULL AND v.kind = 'INVOICE')
    ORDER BY v.revision DESC LIMIT 1
"""


@dataclass(frozen=True)
class Asker:
    """Who wants a mail sent again.

    Attributes:
        subject: the person's immutable user id.
        reason: why, for operators alone.
        actor: how the order's history names the person.
    """

    subject: UUID
    reason: str
    actor: str


def lock(connection: Connection, order_id: UUID, document: str | None) -> Mail:
    """The document's mails, nobody else's to send again until the transaction ends.

    Raises:
        NotFound: the order has no such document.
    """
    connection.execute("SELECT FROM sales_order WHERE id = %s FOR UPDATE", (order_id,))
    return load(connection, order_id, document)


def load(connection: Connection, order_id: UUID, document: str | None) -> Mail:
    """The document's mails as they are now; without a number those of the order's invoice.

    Raises:
        NotFound: the order has no such document.
    """
    row = connection.execute(_MAIL, {"order": order_id, "document": document}).fetchone()
    if row is None:
        raise NotFound(f"there is no order with this id that has {document or 'an invoice'}")
    own = _manifest(row["own_body"], row["own_sha256"])
    return Mail(
        invoice_id=row["invoice_id"],
        customer_id=row["customer_id"],
        document=row["invoice_number"],
        document_path=row["document_path"],
        document_sha256=row["document_sha256"],
        revision=row["revision"],
        manifest=_manifest(row["body"], row["sha256"]),
        path=row["path"],
        recipient=own.to if own else None,
        address=row["email"],
        sent=row["mail_state"] == "SENT",
        failed=bool(row["failed"]),
        finishes=row["kind"] == "INVOICE",
        number=(row["copies"] or 1) + 1,
        on_its_way=row["on_its_way"],
        suppressed=row["suppressed"],
    )


def hand_over(connection: Connection, order_id: UUID, mail: Mail, copy: EmailManifest, asker: Asker) -> None:
    """Has the copy sent, and lets it finish the order where it replaces a mail that failed; called under `lock`."""
    item = outbox.payload("email", mail.customer_id, order_id, mail.revision, copy)
    outbox.add(connection, item)
    replaced = mail.path if mail.replaceable else None
    connection.execute(
        """
        INSERT INTO mail_copy (path, invoice_id, number, subject, reason, replaces) VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (item.path, mail.invoice_id, mail.number, asker.subject, asker.reason, replaced),
    )
    # The customer reads the history too: the reason stands elsewhere.
    detail = f"the mail of {mail.document}, number {mail.number}"
    orders.note(connection, order_id, "SENT_AGAIN", detail, asker.actor)
    if replaced is not None:
        connection.execute("UPDATE inbox SET outcome = 'replaced' WHERE consumer = 'email' AND path = %s", (replaced,))
        if mail.finishes:
            # Its PDF is there, so that much of the order is done for sure.
            orders.resume(connection, order_id, State.DOCUMENTED, detail, asker.actor)


def _manifest(body: str | None, sha256: str | None) -> EmailManifest | None:
    written = genuine(body, sha256) if body is not None and sha256 is not None else None
    if written is None:
        return None
    try:
        return manifests.read(EmailManifest, written)
    except Poison:
        return None

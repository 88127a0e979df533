"""What is known of one order, from its reservation to its mails, as rows: operators and support agents look at it."""

from typing import Any
from uuid import UUID

from services.common.database import Connection
from services.common.pipeline.inbox import DONE

Rows = list[dict[str, Any]]

_HISTORY = "SELECT stage AS state, at, actor, detail FROM order_event WHERE order_id = %s ORDER BY at"
_DOCUMENTS = """
    SELECT v.kind, v.invoice_number AS number, v.revision, corrected.invoice_number AS corrects, v.generated_at,
        v.amount AS total, v.currency, v.document_path, v.document_sha256
    FROM invoice v LEFT JOIN invoice corrected ON corrected.id = v.corrects_id
    WHERE v.order_id = %s ORDER BY v.revision
"""
_STAGES = f"""
    SELECT b.queue AS stage, split_part(split_part(b.path, '/', 4), '-', 1)::int AS revision, b.path, b.length,
        b.created_at, b.attempts AS deliveries, b.sent_at,
        CASE WHEN b.consumed_at IS NULL AND b.due_at < 'infinity' THEN b.due_at END AS next_delivery_at,
        coalesce(i.attempts, 0) AS attempts, i.claimed_at AS started_at, i.finished_at,
        CASE
            WHEN i.outcome IS NOT NULL THEN i.outcome
            WHEN b.due_at = 'infinity' AND b.consumed_at IS NULL THEN 'given up'
            WHEN i.path IS NULL THEN 'waiting'
            WHEN i.lease_until > now() THEN 'working'
            ELSE 'trying again'
        END AS status,
        round(extract(epoch FROM i.finished_at - i.claimed_at)::numeric, 3)::float AS work_seconds,
        round(extract(epoch FROM coalesce(i.finished_at, now()) - b.created_at)::numeric, 3)::float AS total_seconds,
        CASE WHEN NOT coalesce({DONE}, false) THEN i.last_error END AS error
    FROM outbox b LEFT JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
    WHERE b.order_id = %s ORDER BY b.id
"""  # noqa: S608 - a constant; every value is bound
_MAILS = """
    SELECT v.invoice_number AS document, coalesce(m.number, 1) AS number, m.subject AS sent_again_by,
        m.reason AS sent_again_because, l.path, l.recipient_sha256, l.state,
        l.reason AS failed_because, l.attempts, l.attempt_id, l.sending_since, l.message_id
    FROM email_ledger l
    LEFT JOIN mail_copy m ON m.path = l.path
    LEFT JOIN invoice v ON v.order_id = l.order_id
        AND v.revision::text = split_part(split_part(l.path, '/', 4), '-', 1)
    WHERE l.order_id = %s ORDER BY l.created_at, l.path
"""
_EVENTS = """
    SELECT e.attempt_id, e.event_type, e.message_id, e.at
    FROM email_ledger l JOIN mail_event e ON e.attempt_id = ANY(l.earlier_attempts || l.attempt_id)
    WHERE l.path = %s ORDER BY e.at
"""


def history(connection: Connection, order_id: UUID) -> Rows:
    """The states it has reached and what was noted of it, the oldest first."""
    return connection.execute(_HISTORY, (order_id,)).fetchall()


def stages(connection: Connection, order_id: UUID) -> Rows:
    """Its payloads and what became of each, in the order in which they were handed over."""
    return connection.execute(_STAGES.encode(), (order_id,)).fetchall()


def documents(connection: Connection, order_id: UUID) -> Rows:
    """Its invoice and credit notes."""
    return connection.execute(_DOCUMENTS, (order_id,)).fetchall()


def mails(connection: Connection, order_id: UUID) -> Rows:
    """Its mails as the ledger has them, each with the `events` that SES has told of it."""
    rows = connection.execute(_MAILS, (order_id,)).fetchall()
    return [{**row, "events": connection.execute(_EVENTS, (row["path"],)).fetchall()} for row in rows]

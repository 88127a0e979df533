"""`GET /operations/orders/{id}`: everything that is known of one order, from its reservation to its mail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from services.common.database import Connection
from services.common.errors import NotFound
from services.orchestrator.facts import DONE


def order_of(connection: Connection, order_id: UUID) -> dict[str, object]:
    """The order as operators see it.

    Raises:
        NotFound: there is none.
    """
    order = connection.execute(
        """
        SELECT o.id, o.state, o.reason, o.customer_id, c.company_name AS customer, o.product_name, o.amount,
            o.ccp_transaction_id, o.created_at, o.updated_at
        FROM sales_order o JOIN customer c ON c.id = o.customer_id WHERE o.id = %s
        """,
        (order_id,),
    ).fetchone()
    if order is None:
        raise NotFound("there is no order with this id")
    return {
        **_camel(order),
        "stages": [_linked(row, "path") for row in _rows(connection, _STAGES, order_id)],
        "history": _rows(connection, _HISTORY, order_id),
        "documents": [_linked(row, "documentPath") for row in _rows(connection, _DOCUMENTS, order_id)],
        "mails": [_with_events(connection, row) for row in _rows(connection, _MAILS, order_id)],
        "actions": _rows(connection, _ACTIONS, order_id),
    }


_HISTORY = "SELECT stage AS state, at, actor, detail FROM order_event WHERE order_id = %s ORDER BY at"
_DOCUMENTS = """
    SELECT v.kind, v.invoice_number AS number, v.revision, corrected.invoice_number AS corrects, v.generated_at,
        v.amount AS total, v.currency, v.document_path, v.document_sha256
    FROM invoice v LEFT JOIN invoice corrected ON corrected.id = v.corrects_id
    WHERE v.order_id = %s ORDER BY v.revision
"""
_ACTIONS = """
    SELECT at, subject, action, target, reason, dry_run, effect, detail
    FROM operator_action WHERE order_id = %s ORDER BY id
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


def _linked(row: dict[str, object], path: str) -> dict[str, object]:
    """The row with where its object is read, through the same door as everything else."""
    return {**row, "link": f"/operations/payloads/{row[path]}" if row[path] else None}


def _with_events(connection: Connection, mail: dict[str, object]) -> dict[str, object]:
    return {**mail, "events": _rows(connection, _EVENTS, mail["path"])}


def _rows(connection: Connection, query: str, key: object) -> list[dict[str, object]]:
    rows: Iterable[dict[str, Any]] = connection.execute(query.encode(), (key,)).fetchall()
    return [_camel(row) for row in rows]


def _camel(row: dict[str, Any]) -> dict[str, object]:
    return {_name(name): _plain(value) for name, value in row.items()}


def _name(column: str) -> str:
    first, *others = column.split("_")
    return first + "".join(word.capitalize() for word in others)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)

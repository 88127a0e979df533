"""`GET /operations/orders/{id}`: everything that is known of one order, from its reservation to its mail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from services.common.database import Connection
from services.common.errors import NotFound


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
        "stages": _rows(connection, _STAGES, order_id),
        "history": _rows(
            connection, "SELECT stage AS state, at, detail FROM order_event WHERE order_id = %s ORDER BY at", order_id
        ),
        "invoices": _rows(connection, _INVOICES, order_id),
        "mails": _mails(connection, order_id),
        "actions": _rows(connection, _ACTIONS, order_id),
    }


_INVOICES = """
    SELECT invoice_number, revision, generated_at, amount AS total, currency, document_path, document_sha256
    FROM invoice WHERE order_id = %s ORDER BY revision
"""
_ACTIONS = """
    SELECT at, subject, action, target, reason, dry_run, effect, detail
    FROM operator_action WHERE order_id = %s ORDER BY id
"""
_STAGES = """
    SELECT o.queue AS stage, o.path, o.length, o.created_at, o.attempts AS deliveries, o.sent_at,
        CASE WHEN o.consumed_at IS NULL AND o.due_at < 'infinity' THEN o.due_at END AS next_delivery_at,
        coalesce(i.attempts, 0) AS attempts, i.claimed_at AS started_at, i.finished_at,
        coalesce(i.outcome, CASE WHEN i.path IS NULL THEN 'waiting' WHEN i.lease_until > now() THEN 'working'
            ELSE 'trying again' END) AS status,
        round(extract(epoch FROM i.finished_at - i.claimed_at)::numeric, 3)::float AS work_seconds,
        round(extract(epoch FROM coalesce(i.finished_at, now()) - o.created_at)::numeric, 3)::float AS total_seconds,
        CASE WHEN i.outcome IS DISTINCT FROM 'done' THEN i.last_error END AS error
    FROM outbox o LEFT JOIN inbox i ON i.path = o.path AND i.consumer = o.queue
    WHERE o.order_id = %s ORDER BY o.id
"""


def _mails(connection: Connection, order_id: UUID) -> list[dict[str, object]]:
    mails = _rows(
        connection,
        """
        SELECT path, recipient_sha256, state, attempts, attempt_id, sending_since, message_id
        FROM email_ledger WHERE order_id = %s ORDER BY created_at, path
        """,
        order_id,
    )
    return [{**mail, "events": _events(connection, mail["attemptId"])} for mail in mails]


def _events(connection: Connection, attempt_id: object) -> list[dict[str, object]]:
    query = "SELECT event_type, message_id, at FROM mail_event WHERE attempt_id = %s ORDER BY at"
    return _rows(connection, query, attempt_id)


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

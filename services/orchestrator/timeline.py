"""`GET /operations/orders/{id}`: everything that is known of one order, from its reservation to its mail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.common import timeline
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
        "stages": [_linked(row, "path") for row in timeline.stages(connection, order_id)],
        "history": _plain(timeline.history(connection, order_id)),
        "documents": [_linked(row, "document_path") for row in timeline.documents(connection, order_id)],
        "mails": _plain(timeline.mails(connection, order_id)),
        "actions": _plain(connection.execute(_ACTIONS, (order_id,)).fetchall()),
    }


_ACTIONS = """
    SELECT at, subject, action, target, reason, dry_run, effect, detail
    FROM operator_action WHERE order_id = %s ORDER BY id
"""


def _linked(row: dict[str, Any], path: str) -> dict[str, object]:
    """The row with where its object is read, through the same door as everything else."""
    return {**_camel(row), "link": f"/operations/payloads/{row[path]}" if row[path] else None}


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
    if isinstance(value, list):
        return [_camel(row) for row in value]
    return str(value)

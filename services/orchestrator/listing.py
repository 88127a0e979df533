"""`GET /operations/orders`: the orders that a filter chooses, page by page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.common.database import Connection
from services.orchestrator.model import Cursor, Filter, OrdersQuery

_CHOSEN = """
    (%(state)s::text IS NULL OR o.state = %(state)s)
    AND (%(customer)s::uuid IS NULL OR o.customer_id = %(customer)s)
    AND (%(reason)s::text IS NULL OR position(lower(%(reason)s) IN lower(o.reason)) > 0)
    AND (%(age)s::int IS NULL OR o.created_at <= now() - make_interval(secs => %(age)s))
"""


def page(connection: Connection, query: OrdersQuery) -> dict[str, object]:
    """One page, the oldest first; `next` is the cursor of the page after it, or None."""
    after = query.cursor
    rows = connection.execute(
        f"""
        SELECT o.id, o.state, o.reason, o.customer_id, c.company_name, o.product_name, o.amount, o.created_at,
            o.updated_at
        FROM sales_order o JOIN customer c ON c.id = o.customer_id
        WHERE {_CHOSEN} AND (%(at)s::timestamptz IS NULL OR (o.created_at, o.id) > (%(at)s, %(id)s))
        ORDER BY o.created_at, o.id LIMIT %(limit)s
        """,  # noqa: S608 - a constant; every value is bound
        {
            **_values(query),
            "at": after.at if after else None,
            "id": after.id if after else None,
            "limit": query.limit + 1,
        },
    ).fetchall()
    shown, more = rows[: query.limit], len(rows) > query.limit
    last = Cursor(at=shown[-1]["created_at"], id=shown[-1]["id"]) if more else None
    return {"orders": [_shown(row) for row in shown], "next": last.encode() if last else None}


def choose(connection: Connection, wanted: Filter, limit: int) -> list[UUID]:
    """The oldest orders of the filter, at most `limit`."""
    rows = connection.execute(
        f"SELECT o.id FROM sales_order o WHERE {_CHOSEN} ORDER BY o.created_at, o.id LIMIT %(limit)s",  # noqa: S608
        {**_values(wanted), "limit": limit},
    ).fetchall()
    return [row["id"] for row in rows]


def lock_chosen(connection: Connection, wanted: Filter, order_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the orders that the filter still chooses and nobody else has locked; locked for the caller from now."""
    rows = connection.execute(
        f"""
        SELECT o.id FROM sales_order o WHERE o.id = ANY(%(ids)s) AND {_CHOSEN} ORDER BY o.id FOR UPDATE SKIP LOCKED
        """,  # noqa: S608
        {**_values(wanted), "ids": list(order_ids)},
    ).fetchall()
    return {row["id"] for row in rows}


def _values(wanted: Filter) -> dict[str, Any]:
    return {
        "state": wanted.state.value if wanted.state else None,
        "customer": wanted.customer,
        "reason": wanted.reason,
        "age": wanted.min_age_seconds,
    }


def _shown(row: dict[str, Any]) -> dict[str, object]:
    return {
        "id": str(row["id"]),
        "state": row["state"],
        "reason": row["reason"],
        "customerId": str(row["customer_id"]),
        "customer": row["company_name"],
        "productName": row["product_name"],
        "amount": row["amount"],
        "createdAt": row["created_at"].isoformat(),
        "updatedAt": row["updated_at"].isoformat(),
    }

"""`GET /operations/orders`: the orders that a filter chooses, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.common.database import Connection
from services.common.pipeline.inbox import DONE
from services.orchestrator import clock
from services.orchestrator.cursors import BatchCursor, OrderCursor
from services.orchestrator.queries import Filter, OrdersQuery

COUNTED = 10_000
"""Orders that are left are counted up to here: an operator needs no exact number beyond."""

_WAITS_AT = f"""
    CASE
        WHEN o.state IN ('EMAILED', 'REJECTED', 'CANCELLED') THEN NULL
        WHEN NOT EXISTS (SELECT FROM outbox b WHERE b.order_id = o.id AND b.queue = 'invoice') THEN 'order'
        ELSE (
            SELECT way.stage FROM (VALUES (1, 'invoice'), (2, 'document'), (3, 'email')) AS way (place, stage)
            WHERE NOT coalesce((
                SELECT bool_and({DONE}) FROM outbox b LEFT JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
                WHERE b.order_id = o.id AND b.queue = way.stage
            ), false)
            ORDER BY way.place LIMIT 1
        )
    END
"""  # noqa: S608 - constants
"""The stage that an unfinished order waits at, as `stages.waits_at` has it."""

_CHOSEN = f"""
    (%(state)s::text IS NULL OR o.state = %(state)s)
    AND (%(customer)s::uuid IS NULL OR o.customer_id = %(customer)s)
    AND (%(reason)s::text IS NULL OR position(lower(%(reason)s) IN lower(o.reason)) > 0)
    AND (%(age)s::int IS NULL OR o.created_at <= now() - make_interval(secs => %(age)s))
    AND (%(at)s::timestamptz IS NULL OR (o.created_at, o.id) > (%(at)s, %(id)s))
    AND (%(stage)s::text IS NULL OR {_WAITS_AT} = %(stage)s)
"""
"""The orders of a filter. Never prepared: only a plan for the values at hand can use the index of parked orders."""


def page(connection: Connection, query: OrdersQuery) -> dict[str, object]:
    """One page, the oldest first; `next` is the cursor of the page after it, or None."""
    rows = connection.execute(
        f"""
        SELECT o.id, o.state, {_WAITS_AT} AS stage, o.reason, o.customer_id, c.company_name, o.product_name, o.amount,
            o.created_at, o.updated_at
        FROM sales_order o JOIN customer c ON c.id = o.customer_id
        WHERE {_CHOSEN} ORDER BY o.created_at, o.id LIMIT %(limit)s
        """.encode(),  # noqa: S608 - constants; every value is bound
        {**_values(query, query.cursor), "limit": query.limit + 1},
        prepare=False,
    ).fetchall()
    shown, more = rows[: query.limit], len(rows) > query.limit
    last = OrderCursor(at=shown[-1]["created_at"], id=shown[-1]["id"]) if more else None
    return {"orders": [_shown(row) for row in shown], "next": last.encode() if last else None}


@dataclass(frozen=True)
class Chosen:
    """Orders for a bulk operation with the times at which they were made, and the database's clock."""

    made_at: dict[UUID, datetime]
    now: datetime


def choose(connection: Connection, wanted: Filter, limit: int, after: BatchCursor | None) -> Chosen:
    """The oldest orders of the filter after the cursor, at most `limit`."""
    rows = connection.execute(
        f"SELECT o.id, o.created_at FROM sales_order o WHERE {_CHOSEN} ORDER BY o.created_at, o.id LIMIT %(limit)s",  # noqa: S608
        {**_values(wanted, after), "limit": limit},
        prepare=False,
    ).fetchall()
    return Chosen({row["id"]: row["created_at"] for row in rows}, clock.now(connection))


def left(connection: Connection, wanted: Filter, after: OrderCursor | BatchCursor) -> int:
    """How many orders the filter chooses after the cursor, counted up to `COUNTED`."""
    row = connection.execute(
        f"""
        SELECT count(*) AS number FROM (SELECT FROM sales_order o WHERE {_CHOSEN} LIMIT %(limit)s) AS orders
        """,  # noqa: S608
        {**_values(wanted, after), "limit": COUNTED},
        prepare=False,
    ).fetchone()
    return int(row["number"]) if row else 0


def lock_chosen(connection: Connection, wanted: Filter, order_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the orders that the filter still chooses and nobody else has locked; locked for the caller from now."""
    rows = connection.execute(
        f"""
        SELECT o.id FROM sales_order o WHERE o.id = ANY(%(ids)s) AND {_CHOSEN} ORDER BY o.id FOR UPDATE SKIP LOCKED
        """,  # noqa: S608
        {**_values(wanted, None), "ids": list(order_ids)},
    ).fetchall()
    return {row["id"] for row in rows}


def _values(wanted: Filter, after: OrderCursor | BatchCursor | None) -> dict[str, Any]:
    return {
        "state": wanted.state.value if wanted.state else None,
        "stage": wanted.stage.value if wanted.stage else None,
        "customer": wanted.customer,
        "reason": wanted.reason,
        "age": wanted.min_age_seconds,
        "at": after.at if after else None,
        "id": after.id if after else None,
    }


def _shown(row: dict[str, Any]) -> dict[str, object]:
    return {
        "id": str(row["id"]),
        "state": row["state"],
        "stage": row["stage"],
        "reason": row["reason"],
        "customerId": str(row["customer_id"]),
        "customer": row["company_name"],
        "productName": row["product_name"],
        "amount": row["amount"],
        "createdAt": row["created_at"].isoformat(),
        "updatedAt": row["updated_at"].isoformat(),
    }

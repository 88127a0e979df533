"""Who may ask the CCP about a reserved order, and when the next one may.

One process at a time holds an order's lease; the lease ends by itself if the process dies. Each lease is an attempt.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.common.database import Connection
from services.order.ccp import BUDGET_SECONDS, Purchase

LEASE_SECONDS = BUDGET_SECONDS + 8
"""How long one process alone may ask the CCP about an order: the calls and the commit after them."""

_LEASE = """
    UPDATE sales_order o
    SET leased_until = now() + make_interval(secs => %(seconds)s), ccp_attempts = ccp_attempts + 1, ccp_waiting = false
    FROM sales_product p
    WHERE p.id = o.sales_product_id AND o.state = 'RESERVED' AND o.leased_until < now() AND o.id = {order}
    RETURNING o.id, p.ccp_product_id, o.amount, o.subscription_id, o.customer_id, o.purchase_price, o.currency,
        o.ccp_attempts, o.ccp_void, p.purchase_price AS catalogue_price
"""
_THIS = _LEASE.format(order="%(order)s")
_OVERDUE = _LEASE.format(
    order="""(
        SELECT id FROM sales_order WHERE state = 'RESERVED' AND leased_until < now()
        ORDER BY leased_until LIMIT 1 FOR UPDATE SKIP LOCKED
    )"""
)


def lease(connection: Connection, order_id: UUID) -> Purchase | None:
    """The purchase, if the caller alone may now ask the CCP about this reserved order."""
    row = connection.execute(_THIS, {"seconds": LEASE_SECONDS, "order": order_id}).fetchone()
    return None if row is None else _purchase(row)


def lease_overdue(connection: Connection) -> Purchase | None:
    """The purchase that has been due for longest and that nobody holds; the caller now does."""
    row = connection.execute(_OVERDUE, {"seconds": LEASE_SECONDS}).fetchone()
    return None if row is None else _purchase(row)


def put_off(connection: Connection, order_id: UUID, seconds: float, *, attempted: bool) -> None:
    """Gives the lease back until the next attempt; one in which the CCP was not called does not count."""
    connection.execute(
        """
        UPDATE sales_order
        SET leased_until = now() + make_interval(secs => %s), ccp_waiting = true,
            ccp_attempts = greatest(1, ccp_attempts - %s)
        WHERE id = %s AND state = 'RESERVED'
        """,
        (seconds, 0 if attempted else 1, order_id),
    )


def start_anew(connection: Connection, order_id: UUID, sales: int | None) -> None:
    """Forgets the attempts of an order that is parked, so that a restart has all of them before it.

    `sales` is how many sales of the CCP the person is told of who may restart it, if they are why it is parked.
    """
    connection.execute(
        "UPDATE sales_order SET ccp_attempts = 1, ccp_void = coalesce(%s, ccp_void) WHERE id = %s", (sales, order_id)
    )


def is_waiting(connection: Connection, order_id: UUID) -> bool:
    """Whether nobody asks the CCP now, because the reconciler will later."""
    row = connection.execute(
        "SELECT ccp_waiting FROM sales_order WHERE id = %s AND state = 'RESERVED'", (order_id,)
    ).fetchone()
    return row is not None and row["ccp_waiting"]


def _purchase(row: Mapping[str, Any]) -> Purchase:
    return Purchase(
        row["id"],
        row["ccp_product_id"],
        row["amount"],
        row["subscription_id"],
        row["customer_id"],
        (row["purchase_price"], row["catalogue_price"]),
        row["currency"],
        row["ccp_attempts"],
        row["ccp_void"],
    )

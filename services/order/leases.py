"""Who may ask the CCP about a reserved order, and when the next one may.

One process at a time holds an order's lease; the lease ends by itself if the process dies. Each lease is an attempt.
An order that its customer wants cancelled is leased to nobody: nothing is bought for it any more.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.common.ccp.schedule import LEASES
from services.common.database import Connection
from services.order.ccp import Purchase

_LEASE = """
    UPDATE sales_order o
    SET leased_until = now() + make_interval(secs => (%(leases)s)[least(ccp_attempts + 1, cardinality(%(leases)s))]),
        ccp_attempts = ccp_attempts + 1, ccp_waiting = false
    FROM sales_product p
    WHERE p.id = o.sales_product_id AND o.state = 'RESERVED' AND o.cancel_due_at IS NULL
        AND o.leased_until < now() AND o.id = {order}
    RETURNING o.id, p.ccp_product_id, o.amount, o.subscription_id, o.customer_id, o.purchase_price,
        coalesce(o.purchase_currency, o.currency) AS currency, o.ccp_attempts, o.ccp_void,
        p.purchase_price AS catalogue_price
"""
_THIS = _LEASE.format(order="%(order)s")
_OVERDUE = _LEASE.format(
    order="""(
        SELECT id FROM sales_order WHERE state = 'RESERVED' AND cancel_due_at IS NULL AND leased_until < now()
        ORDER BY leased_until LIMIT 1 FOR UPDATE SKIP LOCKED
    )"""
)


def lease(connection: Connection, order_id: UUID) -> Purchase | None:
    """The purchase, if the caller alone may now ask the CCP about this reserved order."""
    row = connection.execute(_THIS, {"leases": LEASES, "order": order_id}).fetchone()
    return None if row is None else _purchase(row)


def lease_overdue(connection: Connection) -> Purchase | None:
    """The purchase that has been due for longest and that nobody holds; the caller now does."""
    row = connection.execute(_OVERDUE, {"leases": LEASES}).fetchone()
    return None if row is None else _purchase(row)


def put_off(connection: Connection, purchase: Purchase, seconds: float, *, attempted: bool) -> None:
    """Gives the lease back until the next attempt; one in which the CCP was not called does not count.

    Whoever was so slow that somebody else has the lease by now gives nothing back.
    """
    connection.execute(
        """
        UPDATE sales_order
        SET leased_until = now() + make_interval(secs => %s), ccp_waiting = true,
            ccp_attempts = greatest(1, ccp_attempts - %s)
        WHERE id = %s AND state = 'RESERVED' AND ccp_attempts = %s
        """,
        (seconds, 0 if attempted else 1, purchase.order_id, purchase.attempt),
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

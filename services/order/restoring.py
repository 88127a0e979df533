"""Orders that a lost writer has taken with it: made again, under their own ids, from what the CCP has of them.

An order that is made again is reserved and nothing else, as if its request had died before the CCP's answer: the
reconciler finds its sale, and buys nothing, as with any other (`asking`). So its licences, its message to the invoice
service and its answer to a repeated request come to be as they always do.
"""

import logging
from typing import Any, Final
from uuid import UUID

from services.common import orders
from services.common.ccp.client import CcpOutcomeUnknown
from services.common.database import Connection, Database
from services.common.orders import State
from services.order import naming
from services.order.ccp import CcpClient
from services.order.model import RecordedOrder, RecordedSale

BATCH: Final = 200
"""Orders in one turn."""

_log = logging.getLogger(__name__)

_ORPHANS = """
    INSERT INTO lost_order (order_id, epoch, found_in)
    SELECT d.reference::uuid, w.epoch, 'CCP'
    FROM writer_loss w JOIN ccp_discrepancy d ON d.kind = 'ORPHAN' AND d.cancelled_at IS NULL
        AND d.created_at >= coalesce(w.copied_until, w.began_at - interval '1 hour')
        AND d.reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    WHERE w.epoch = (SELECT max(epoch) FROM writer_loss) AND w.began_at > now() - interval '1 day'
    ON CONFLICT DO NOTHING
"""
"""A sale whose order we do not know, seen since the last commit that was copied."""

_INSERT = """
    INSERT INTO sales_order (id, customer_id, subscription_id, sales_product_id, product_name, amount, sales_price,
        purchase_price, currency, state, leased_until, created_at)
    SELECT %(order)s, c.id, s.subscription_id, p.id, p.name, %(amount)s, coalesce(past.price, present.sales_price),
        %(cost)s, e.currency, 'RESERVED', now() - interval '1 s', %(at)s
    FROM customer c
    JOIN legal_entity e ON e.id = c.legal_entity_id
    JOIN customer_subscription s ON s.customer_id = c.id AND s.subscription_id = %(subscription)s
    JOIN sales_product p ON p.ccp_product_id = %(product)s
    LEFT JOIN product_price present ON present.product_id = p.id AND present.currency = e.currency
    LEFT JOIN LATERAL (
        SELECT price FROM price_change h
        WHERE h.product_id = p.id AND h.kind = 'SALES' AND h.currency = e.currency AND h.valid_from <= %(at)s
        ORDER BY h.valid_from DESC, h.id DESC LIMIT 1
    ) past ON true
    WHERE c.id = %(customer)s AND coalesce(past.price, present.sales_price) IS NOT NULL
    ON CONFLICT (id) DO NOTHING
"""
"""At the price of the moment of its sale, which is what its customer was shown."""


def restore_lost(database: Database, ccp: CcpClient) -> int:
    """Makes orders again that were found after a loss, for as long as the CCP answers; how many were settled."""
    with database.transaction() as connection:
        connection.execute(_ORPHANS)
    for done in range(BATCH):
        with database.transaction() as connection:
            row = connection.execute(
                "SELECT order_id FROM lost_order WHERE outcome IS NULL ORDER BY created_at LIMIT 1"
            ).fetchone()
        if row is None or ccp.wait() > 0.0:
            return done
        try:
            sales = ccp.sales_of(row["order_id"], ccp.deadline())
        except CcpOutcomeUnknown as unknown:
            _log.warning("lost order not looked up", extra={"order_id": row["order_id"], "reason": unknown})
            return done
        with database.transaction() as connection:
            _settle(connection, row["order_id"], sales)
    return BATCH


def _settle(connection: Connection, order_id: UUID, sales: tuple[RecordedSale, ...]) -> None:
    lost = connection.execute(
        """
        SELECT l.found_in, w.region FROM lost_order l JOIN writer_loss w USING (epoch)
        WHERE l.order_id = %s AND l.outcome IS NULL FOR UPDATE OF l
        """,
        (order_id,),
    ).fetchone()
    if lost is None:
        return
    outcome, reason = _made_again(connection, order_id, sales, lost)
    connection.execute(
        "UPDATE lost_order SET outcome = %s, reason = %s, settled_at = now(), updated_at = now() WHERE order_id = %s",
        (outcome, reason, order_id),
    )
    level = logging.WARNING if outcome == "RESTORED" else logging.ERROR
    _log.log(level, "lost order found", extra={"order_id": order_id, "outcome": outcome, "reason": reason})


def _made_again(
    connection: Connection, order_id: UUID, sales: tuple[RecordedSale, ...], lost: dict[str, Any]
) -> tuple[str, str]:
    """What came of it, and why in words."""
    live = [sale for sale in sales if sale.cancelled_at is None]
    if not live:
        return "UNPLACED", "the CCP has no sale of it" if not sales else "the CCP has cancelled its sale"
    sale = live[0]
    if sale.order is None:
        return "UNPLACED", f"the CCP does not say whose the sale {sale.transaction_id} is"
    told = f"found at the CCP after the region {lost['region']} was lost"
    if connection.execute(_INSERT, _facts(order_id, sale, sale.order)).rowcount == 0:
        known = connection.execute("SELECT FROM sales_order WHERE id = %s", (order_id,)).rowcount
        return ("RESTORED", "its customer has repeated it") if known else ("UNPLACED", _unplaced(sale, sale.order))
    orders.note(connection, order_id, "FOUND", told)
    orders.record(connection, order_id, State.RESERVED, told)
    if naming.is_purchase(order_id):
        return "RESTORED", told
    reason = f"{told}: it may have been more licences of an item, for a part of their term; restarted, it is a purchase"
    orders.stop(connection, order_id, State.PARKED, reason)
    return "PARKED", reason


def _facts(order_id: UUID, sale: RecordedSale, order: RecordedOrder) -> dict[str, Any]:
    return {
        "order": order_id,
        "customer": order.customer_id,
        "subscription": order.subscription_id,
        "product": order.service_id,
        "amount": order.amount,
        "cost": sale.answer.price_per_item,
        "at": sale.answer.timestamp,
    }


def _unplaced(sale: RecordedSale, order: RecordedOrder) -> str:
    return (
        f"no such customer, subscription or price: the CCP has sold {order.amount} of {order.service_id} to "
        f"{order.customer_id} in {order.subscription_id} as {sale.transaction_id}"
    )

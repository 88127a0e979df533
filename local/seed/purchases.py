"""The CCP's side of what was ordered before: sales in its ledger, with the licences that it issued then."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from json import loads
from pathlib import Path

from local.ccp.answer import timestamp, to_json
from local.ccp.ledger import Ledger, Sale
from local.ccp.orders import Order
from local.ccp.pricing import price
from local.seed.past import PastOrder


def record_sales(ledger: Path, orders: Iterable[PastOrder]) -> tuple[PastOrder, ...]:
    """Adds the sales that the ledger lacks; the orders, each with the time at which the ledger has it sold.

    The CCP may be running meanwhile: SQLite has one of the two wait.
    """
    book = Ledger(ledger)
    try:
        with book.alone() as books:
            kept = []
            for order in orders:
                known = books.sales.find(str(order.transaction_id))
                if known is None:
                    books.sales.add(_sale(order))
                    books.issue(str(order.transaction_id))
                kept.append(order if known is None else replace(order, ordered_at=_sold_at(known)))
    finally:
        book.close()
    return tuple(sorted(kept, key=lambda order: (order.ordered_at, order.id)))


def _sale(order: PastOrder) -> Sale:
    item = order.item
    cost = price(item.purchase_price, len(order.licences))
    asked = Order(
        service_id=item.ccp_id,
        amount=len(order.licences),
        subscription_id=order.subscription_id,
        customer_id=order.customer.id,
    )
    told = {
        "transactionId": str(order.transaction_id),
        "serviceItemId": str(item.ccp_id),
        "amount": len(order.licences),
        "pricePerItem": cost.per_item,
        "totalPrice": cost.total,
        "discount": cost.discount,
        "licenseKeys": [{"id": str(licence.id), "key": licence.key} for licence in order.licences],
        "timestamp": timestamp(order.ordered_at),
    }
    return Sale(
        transaction_id=str(order.transaction_id),
        idempotency_key=str(order.id),
        reference=str(order.id),
        customer_id=str(order.customer.id),
        request=asked.canonical,
        answer=to_json(told),
    )


def _sold_at(sale: Sale) -> datetime:
    return datetime.fromisoformat(loads(sale.answer)["timestamp"])

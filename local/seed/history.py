"""The rows of what was ordered before: orders that have ended, their licences, and their invoices with their payloads.

No mail was sent for them and no PDF was made. Their document payloads were consumed, and by nobody: so the PDF of an
invoice is made when somebody asks for it, or when an operator restarts its order from the stage `document`. The licence
keys lie in clear, as an earlier release left them, until the order service seals them a few seconds after its start.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from local.seed import inserts
from local.seed.demo import customers, stable_id
from local.seed.invoices import PastInvoice, invoices
from local.seed.papers import Payload, document_payload, sale_payload
from local.seed.past import MONTHS, Item, PastOrder, past_orders
from local.seed.purchases import record_sales

Values = dict[str, object]

TERM = timedelta(days=365)
"""How long the CCP's licences run."""


def write_past(connection: psycopg.Connection[Any], ledger: Path, today: date) -> int:
    """Writes the orders of before, unless they are there; how many were written.

    Args:
        connection: to the database, which has the demo's people and products.
        ledger: the CCP's.
        today: the orders are of the months before this day's.
    """
    with connection.transaction(), connection.cursor() as cursor:
        first = stable_id("order", f"{customers()[0].key}:{MONTHS}:0")
        if cursor.execute("SELECT FROM sales_order WHERE id = %s", (first,)).rowcount:
            return 0
        orders = record_sales(ledger, past_orders(_items(cursor), today))
        bills = invoices(orders)
        cursor.executemany(inserts.SUBSCRIPTION_ITEM, list(_subscription_items(orders)))
        cursor.executemany(inserts.ORDER, [_order(order) for order in orders])
        cursor.executemany(inserts.EVENT, [event for bill in bills for event in _events(bill)])
        licences = list(_licences(orders))
        cursor.executemany(inserts.LICENCE, licences)
        for statement in inserts.LICENCES:
            cursor.execute(statement, {name: [values[name] for values in licences] for name in licences[0]})
        cursor.executemany(inserts.SERIES, list(_series(bills)))
        for statement in inserts.INVOICE:
            cursor.executemany(statement, [_invoice(bill) for bill in bills])
        sales, documents = [sale_payload(order) for order in orders], [document_payload(bill) for bill in bills]
        cursor.executemany(inserts.OUTBOX, [_payload(payload) for payload in (*sales, *documents)])
        cursor.executemany(inserts.INBOX, [_payload(payload) for payload in sales])
    return len(orders)


def _items(cursor: psycopg.Cursor[Any]) -> list[Item]:
    return [
        Item(*row)
        for row in cursor.execute(
            """
            SELECT p.id, p.ccp_product_id, p.name, p.purchase_price, p.currency, o.sales_price, o.currency
            FROM sales_product p JOIN product_price o ON o.product_id = p.id
            """
        )
    ]


def _subscription_items(orders: Sequence[PastOrder]) -> Iterator[Values]:
    pieces: Counter[object] = Counter()
    for order in orders:
        pieces[order.subscription_item_id] += len(order.licences)
    for item_id, first in {order.subscription_item_id: order for order in reversed(orders)}.items():
        yield _order(first) | {"id": item_id, "quantity": pieces[item_id]}


def _order(order: PastOrder) -> Values:
    item = order.item
    return {
        "id": order.id,
        "customer": order.customer.id,
        "subscription": order.subscription_id,
        "subscription_item": order.subscription_item_id,
        "product": item.id,
        "product_name": item.name,
        "amount": len(order.licences),
        "sales_price": item.sales_price,
        "currency": item.currency,
        "purchase_price": item.purchase_price,
        "purchase_currency": item.purchase_currency,
        "transaction": order.transaction_id,
        "at": order.ordered_at,
    }


def _events(bill: PastInvoice) -> Iterator[Values]:
    told = {
        "CONFIRMED": "demonstration data: sold before this installation",
        "INVOICED": bill.number,
        "EMAILED": "demonstration data: ended before this installation, which has sent no mail for it",
    }
    for seconds, (stage, detail) in enumerate(told.items()):
        at = bill.issued_at + timedelta(seconds=seconds)
        yield {"order": bill.order.id, "stage": stage, "at": at, "detail": detail}


def _licences(orders: Sequence[PastOrder]) -> Iterator[Values]:
    for order in orders:
        for licence in order.licences:
            yield {
                "id": licence.id,
                "customer": order.customer.id,
                "order": order.id,
                "key": licence.key,
                "at": order.ordered_at,
                "ends": (order.ordered_at + TERM).date(),
                "account": licence.account_id,
                "assigned_at": order.ordered_at + timedelta(hours=1),
            }


def _series(bills: Sequence[PastInvoice]) -> Iterator[Values]:
    for last in {bill.series: bill for bill in bills}.values():
        yield {"series": last.series, "seller": last.seller.id, "last": last.place}


def _invoice(bill: PastInvoice) -> Values:
    return _order(bill.order) | {
        "id": bill.id,
        "line": stable_id("invoice-line", bill.order.name),
        "order": bill.order.id,
        "series": bill.series,
        "place": bill.place,
        "number": bill.number,
        "issued_at": bill.issued_at,
        "issued_on": bill.issued_on,
        "due_on": bill.due_on,
        "net": bill.net,
        "gross": bill.net + bill.vat,
        "rate": bill.tax.rate,
        "category": bill.tax.category,
    }


def _payload(payload: Payload) -> Values:
    return {
        "path": payload.path,
        "queue": payload.queue,
        "order": payload.order.id,
        "customer": payload.order.customer.id,
        "body": payload.body,
        "sha256": payload.sha256,
        "length": len(payload.body.encode()),
        "at": payload.order.ordered_at,
    }

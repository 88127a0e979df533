"""I1 and I2: what was accepted is stored under its key, and sold as it was ordered, once."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.chaos.truth import BOUGHT, EXTENDED, SOLD, Row, Sale, Snapshot


def i1(seen: Snapshot) -> Iterator[str]:
    """What was accepted is stored, under the key that it came with, and that key has one answer."""
    stored = {row["order"]: row for row in seen.orders}
    keys = {row["order_id"]: row["key"] for row in seen.books.rows("SELECT key, order_id::text FROM idempotency_key")}
    for key, replies in seen.books.accepted().items():
        told = {order for order, _, _ in replies}
        if len(told) > 1:
            yield f"I1: the key {key} was answered with {len(told)} orders"
        for order in told - stored.keys():
            yield f"I1: order {order} was accepted and is not stored"
        for order in told & stored.keys():
            if keys.get(order) != key:
                yield f"I1: order {order} is not stored under its key {key}"
        if len({body for _, status, body in replies if status == 201}) > 1:
            yield f"I1: the key {key} was answered 201 with different bodies"
    for order in {row["order"] for row in seen.orders if row["kind"] == BOUGHT} - keys.keys():
        yield f"I1: order {order} has lost its key"


def i2(seen: Snapshot) -> Iterator[str]:
    """Each order is sold once, as it was ordered, and its licences are with us."""
    sales: dict[str | None, list[Sale]] = {}
    for sale in seen.sales:
        sales.setdefault(sale.reference, []).append(sale)
    for reference in sales.keys() - {row["order"] for row in seen.orders}:
        yield f"I2: the CCP sold {reference}, which is no order"
    ours: Counter[str] = Counter(seen.books.licences())
    for row in seen.orders:
        made = sales.get(row["order"], [])
        if len(made) > 1:
            yield f"I2: the CCP sold {row['order']} {len(made)} times"
        if row["state"] == "REJECTED" and made:
            yield f"I2: order {row['order']} is REJECTED and was sold"
        if row["state"] in SOLD and row["kind"] != EXTENDED:
            yield from _sold(row, made, ours)
    issued = {key for made in sales.values() for sale in made for key in sale.keys}
    for key in ours.keys() - issued:
        yield f"I2: we hold the licence key {key}, which the CCP has not issued"


def _sold(row: Row, made: Sequence[Sale], ours: Counter[str]) -> Iterator[str]:
    if not made:
        yield f"I2: order {row['order']} is {row['state']} and was never sold"
        return
    if row["ccp_transaction_id"] not in {sale.transaction for sale in made}:
        yield f"I2: order {row['order']} names another transaction than the CCP"
    keys = [key for sale in made[:1] for key in sale.keys]
    if len(keys) != row["amount"] or any(ours[key] != 1 for key in keys):
        yield f"I2: order {row['order']} is for {row['amount']} licences, {sum(ours[key] for key in keys)} are kept"

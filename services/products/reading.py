"""One product, and what it has cost over time."""

from typing import Any

from services.common.api import Call, Cursor, Customer, ListQuery, Page, Reply
from services.common.api.call import found
from services.common.money.prices import told
from services.products import pricing, shown
from services.products.models import CostChangeAnswer, PriceChangeAnswer, PriceHistoryAnswer

_HISTORY = """
    SELECT id, kind, price, currency, valid_from FROM price_change
    WHERE product_id = %(product)s AND (%(at)s::timestamptz IS NULL OR (valid_from, id) < (%(at)s, %(id)s))
    ORDER BY valid_from DESC, id DESC LIMIT %(limit)s
"""
"""A tenant's policy shows the sales prices in its own currency alone."""


def get_product(call: Call) -> Reply:
    """The product, for sale or not: a customer may have licences of one that is not any more."""
    chosen = {"product": call.id}
    with call.transaction() as connection:
        if isinstance(call.caller, Customer):
            statement = f"{shown.OFFERED.format(kind='LEFT')} AND p.id = %(product)s"
            row = connection.execute(statement.encode(), chosen | shown.whose(call.caller)).fetchone()
            return Reply.of(shown.product(found(row, "product")))
        rates = pricing.todays_rates(connection)
        row = connection.execute(f"{shown.COSTED} AND p.id = %(product)s".encode(), chosen).fetchone()
        return Reply.of(shown.costed(found(row, "product"), rates))


def list_prices(call: Call) -> Reply:
    """The product's price history."""
    query = call.query(ListQuery)
    values = {"product": call.id, "limit": query.limit + 1, **Cursor.values(Cursor.decode(query.cursor))}
    with call.transaction() as connection:
        found(connection.execute("SELECT id FROM sales_product WHERE id = %s", (call.id,)).fetchone(), "product")
        rows = connection.execute(_HISTORY, values, prepare=False).fetchall()
    page = Page.cut(rows, query.limit, lambda row: (row["valid_from"], row["id"]))
    prices = (_change(row) for row in page.rows)
    return Reply.of(PriceHistoryAnswer(prices=tuple(prices), next=page.next))


def _change(row: dict[str, Any]) -> PriceChangeAnswer | CostChangeAnswer:
    price = None if row["price"] is None else told(row["price"], row["currency"])
    if row["kind"] == "SALES" or price is None:
        return PriceChangeAnswer(price=price, currency=row["currency"], valid_from=row["valid_from"])
    return CostChangeAnswer(price=price, currency=row["currency"], valid_from=row["valid_from"])

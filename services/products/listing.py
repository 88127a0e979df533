"""Which products there are, page by page by name: for customers those that they can order, for staff all of them.

A customer's statement runs under the tenant's role, which may read neither a purchase price nor a price in a currency
that is not the customer's own.
"""

from typing import Any
from uuid import UUID

from services.common.api import Call, Customer, Reply
from services.common.api.models import Line
from services.common.api.paging import Place
from services.products import pricing, shown
from services.products.models import ProductsAnswer, ProductsQuery
from services.products.search import prefixes


class ProductPlace(Place):
    """The last product of a page."""

    name: Line
    id: UUID


def list_products(call: Call) -> Reply:
    """Products whose words begin like those of the query."""
    query = call.query(ProductsQuery)
    after = ProductPlace.decode(query.cursor)
    conditions, values = _conditions(query, after)
    with call.transaction() as connection:
        if isinstance(call.caller, Customer):
            statement = f"{shown.OFFERED.format(kind='')} AND p.withdrawn_at IS NULL {conditions}"
            rows = connection.execute(statement.encode(), values | shown.whose(call.caller)).fetchall()
            products = [shown.product(row) for row in rows]
        else:
            rates = pricing.todays_rates(connection)
            rows = connection.execute(f"{shown.COSTED} {conditions}".encode(), values).fetchall()
            products = [shown.costed(row, rates) for row in rows]
    page = products[: query.limit]
    more = len(products) > query.limit
    following = ProductPlace(name=page[-1].name, id=page[-1].id).encode() if more else None
    return Reply.of(ProductsAnswer(products=tuple(page), next=following))


def _conditions(query: ProductsQuery, after: ProductPlace | None) -> tuple[str, dict[str, Any]]:
    """SQL that chooses and orders a page; only what is asked for stands in it, so that a plan can use its index."""
    wanted = []
    if query.q is not None:
        wanted.append("p.search @@ (to_tsquery('simple', %(prefixes)s) || plainto_tsquery('english', %(q)s))")
    if query.vendor is not None:
        wanted.append("p.vendor = %(vendor)s")
    if after is not None:
        wanted.append("(p.name, p.id) > (%(name)s, %(id)s)")
    values = {
        "q": query.q,
        "prefixes": prefixes(query.q or ""),
        "vendor": query.vendor,
        "name": after and after.name,
        "id": after and after.id,
        "limit": query.limit + 1,
    }
    chosen = "".join(f" AND {condition}" for condition in wanted)
    return f"{chosen} ORDER BY p.name, p.id LIMIT %(limit)s", values

"""`GET /orders`: a customer's orders, page by page, the latest first."""

from typing import Any

from services.common.api import Call, Cursor, Page, Reply
from services.order import shown
from services.order.api_models import OrdersAnswer, OrdersQuery, OrderSummaryAnswer

_FILTERS = {
    "state": f"{shown.STATE} = %(state)s",
    "subscription": "o.subscription_id = %(subscription)s",
    "from": "o.created_at >= %(from)s",
    "to": "o.created_at < %(to)s",
    "at": "(o.created_at, o.id) < (%(at)s, %(id)s)",
}


def list_orders(call: Call) -> Reply:
    """The orders that the query asks for; only what it asks for stands in the statement, so that an index fits."""
    query = call.query(OrdersQuery)
    asked: dict[str, Any] = {
        "state": query.state,
        "subscription": query.subscription_id,
        "from": query.from_,
        "to": query.to,
        **Cursor.values(Cursor.decode(query.cursor)),
    }
    chosen = "".join(f" AND {sql}" for name, sql in _FILTERS.items() if asked[name] is not None)
    statement = f"{shown.ORDER}{chosen} ORDER BY o.created_at DESC, o.id DESC LIMIT %(limit)s"
    with call.transaction() as connection:
        rows = connection.execute(statement.encode(), {**asked, "limit": query.limit + 1}, prepare=False).fetchall()
    page = Page.cut(rows, query.limit, lambda row: (row["created_at"], row["id"]))
    orders = (OrderSummaryAnswer(**shown.facts(row)) for row in page.rows)
    return Reply.of(OrdersAnswer(orders=tuple(orders), next=page.next))

"""`GET /subscription-items`: what a customer has of each product, and until when."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.common.api import Call, Cursor, Page, Reply
from services.common.api.call import found
from services.licensing.changes import ItemState
from services.licensing.models import ItemAnswer, ItemsAnswer, ItemsQuery, ItemStateName
from services.licensing.open_changes import ADDRESS, OPEN

_ITEM = f"""
    SELECT i.id, i.subscription_id, i.sales_product_id, i.product_name, i.quantity, i.state, i.created_at, i.updated_at,
        i.version, (
            SELECT l.valid_to_date FROM license l
            WHERE l.subscription_item_id = i.id AND l.returned_at IS NULL AND l.valid_to_date IS NOT NULL
            ORDER BY l.valid_to_date DESC LIMIT 1
        ) AS valid_to_date, (
            SELECT c.id FROM licence_change c LEFT JOIN sales_order o ON o.id = c.id
            WHERE c.subscription_item_id = i.id AND (c.state IS NULL OR c.state IN ('RESERVED', 'PARKED')) AND ({OPEN})
            LIMIT 1
        ) AS open_change
    FROM subscription_item i
"""  # noqa: S608 - constants; every value is bound
_PAGE = f"""
    {_ITEM}
    JOIN customer_subscription s ON s.subscription_id = i.subscription_id
    WHERE s.customer_id = %(customer)s AND (%(subscription)s::uuid IS NULL OR i.subscription_id = %(subscription)s)
        AND (i.created_at, i.id) > (
            coalesce(%(at)s::timestamptz, '-infinity'), coalesce(%(id)s::uuid, '00000000-0000-0000-0000-000000000000')
        )
    ORDER BY i.created_at, i.id LIMIT %(limit)s
"""


def list_items(call: Call) -> Reply:
    """A page of the caller's items."""
    query = call.query(ItemsQuery)
    values = {
        "customer": call.customer.customer_id,
        "subscription": query.subscription_id,
        "limit": query.limit + 1,
        **Cursor.values(Cursor.decode(query.cursor)),
    }
    with call.transaction() as connection:
        rows = connection.execute(_PAGE.encode(), values, prepare=False).fetchall()
    cut = Page.cut(rows, query.limit, lambda row: (row["created_at"], row["id"]))
    return Reply.of(ItemsAnswer(items=tuple(map(_shown, cut.rows)), next=cut.next))


def get_item(call: Call) -> Reply:
    """One item of the caller's."""
    with call.transaction() as connection:
        row = connection.execute(f"{_ITEM} WHERE i.id = %s".encode(), (call.id,)).fetchone()
    item = found(row, "subscription item")
    return Reply.of(_shown(item), version=item["version"])


def _shown(row: Mapping[str, Any]) -> ItemAnswer:
    change: UUID | None = row["open_change"]
    return ItemAnswer(
        **{
            **{name: row[name] for name in ItemAnswer.model_fields},
            "state": ItemStateName[ItemState(row["state"]).name],
            "open_change": f"{ADDRESS}{change}" if change else None,
        }
    )

"""`GET /licenses` and what is read of one licence.

A page has its index whatever is asked for, and only a plan for the values at hand takes the right one: so the statement
is made of the conditions that hold and is never prepared.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from services.common.api import Call, Cursor, Page, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.licensing.models import (
    HistoryAnswer,
    HistoryEntryAnswer,
    HistoryQuery,
    Holding,
    LicenseAnswer,
    LicensesAnswer,
    LicensesQuery,
)

COLUMNS = """
    l.id, l.subscription_item_id, i.subscription_id, i.product_name, l.account_id, l.valid_to_date, l.order_id,
    l.returned_at, l.created_at, l.updated_at, l.version
"""
_HOLDING = {
    None: "l.returned_at IS NULL",
    Holding.ASSIGNED: "l.returned_at IS NULL AND l.account_id IS NOT NULL",
    Holding.UNASSIGNED: "l.returned_at IS NULL AND l.account_id IS NULL",
    Holding.RETURNED: "l.returned_at IS NOT NULL",
}
_OF_ITEM = "FROM license l JOIN subscription_item i ON i.id = l.subscription_item_id"
_HISTORY = """
    SELECT at, id, event, account_id, valid_to_date FROM (
        SELECT created_at AS at, md5('account' || created_at)::uuid AS id,
            CASE WHEN account_id IS NULL THEN 'REVOKED' ELSE 'ASSIGNED' END AS event, account_id,
            NULL::date AS valid_to_date
        FROM license_account WHERE license_id = %(license)s
        UNION ALL
        SELECT created_at, md5('valid to' || created_at)::uuid, 'VALID_TO', NULL, valid_to_date
        FROM license_valid_to_date WHERE license_id = %(license)s
    ) AS history
    WHERE (at, id) > (
        coalesce(%(at)s::timestamptz, '-infinity'), coalesce(%(id)s::uuid, '00000000-0000-0000-0000-000000000000')
    )
    ORDER BY at, id LIMIT %(limit)s
"""


def list_licenses(call: Call) -> Reply:
    """A page of the caller's licences."""
    query = call.query(LicensesQuery)
    after = Cursor.decode(query.cursor)
    with call.transaction() as connection:
        rows = page(connection, call.customer.customer_id, query, after)
    by_end = query.expiring_before is not None
    cut = Page.cut(rows, query.limit, lambda row: (_midnight(row) if by_end else row["created_at"], row["id"]))
    return Reply.of(LicensesAnswer(licenses=tuple(shown(row) for row in cut.rows), next=cut.next))


def page(connection: Connection, customer: UUID, query: LicensesQuery, after: Cursor | None) -> list[dict[str, Any]]:
    """The licences after the cursor, one more than the page takes."""
    order, start = ("l.valid_to_date, l.id", "day") if query.expiring_before else ("l.created_at, l.id", "at")
    conditions = ["l.customer_id = %(customer)s", _HOLDING[query.state]]
    if query.account_id is not None:
        conditions.append("l.account_id = %(account)s")
    if query.item_id is not None:
        conditions.append("l.subscription_item_id = %(item)s")
    if query.expiring_before is not None:
        conditions.append("l.valid_to_date < %(before)s")
    if after is not None:
        conditions.append(f"({order}) > (%({start})s, %(id)s)")
    if query.subscription_id is not None and not _by_items(query):
        conditions.append("i.subscription_id = %(subscription)s")
    where = f"WHERE {' AND '.join(conditions)}"
    if _by_items(query):
        # As many of each item as the page takes: a subscription has few items, and an item may have very many licences.
        statement = f"""
            SELECT {COLUMNS} FROM subscription_item i CROSS JOIN LATERAL (
                SELECT * FROM license l {where} AND l.subscription_item_id = i.id ORDER BY {order} LIMIT %(limit)s
            ) AS l
            WHERE i.subscription_id = %(subscription)s ORDER BY {order} LIMIT %(limit)s
        """  # noqa: S608 - constants; every value is bound
    else:
        statement = f"SELECT {COLUMNS} {_OF_ITEM} {where} ORDER BY {order} LIMIT %(limit)s"
    values = {
        "customer": customer,
        "account": query.account_id,
        "item": query.item_id,
        "before": query.expiring_before,
        "subscription": query.subscription_id,
        "day": after and after.at.astimezone(UTC).date(),
        "limit": query.limit + 1,
        **Cursor.values(after),
    }
    return connection.execute(statement.encode(), values, prepare=False).fetchall()


def _by_items(query: LicensesQuery) -> bool:
    """Whether a subscription's page is taken item by item: not if what is asked for is few and has its own index."""
    few = query.account_id is not None or query.state in (Holding.UNASSIGNED, Holding.RETURNED)
    return query.subscription_id is not None and not few


def get_license(call: Call) -> Reply:
    """One licence of the caller's."""
    with call.transaction() as connection:
        row = find(connection, call.id)
    return Reply.of(shown(row), version=row["version"])


def find(connection: Connection, license_id: UUID) -> dict[str, Any]:
    """The licence's row.

    Raises:
        NotFound: there is none, or none that the caller may see.
    """
    statement = f"SELECT {COLUMNS} {_OF_ITEM} WHERE l.id = %s"
    return found(connection.execute(statement.encode(), (license_id,)).fetchone(), "licence")


def history(call: Call) -> Reply:
    """A page of the licence's history."""
    query = call.query(HistoryQuery)
    after = Cursor.decode(query.cursor)
    with call.transaction() as connection:
        find(connection, call.id)
        values = {"license": call.id, "limit": query.limit + 1, **Cursor.values(after)}
        rows = connection.execute(_HISTORY, values, prepare=False).fetchall()
    cut = Page.cut(rows, query.limit, lambda row: (row["at"], row["id"]))
    names = HistoryEntryAnswer.model_fields
    entries = tuple(HistoryEntryAnswer(**{name: row[name] for name in names}) for row in cut.rows)
    return Reply.of(HistoryAnswer(history=entries, next=cut.next))


def shown(row: Mapping[str, Any]) -> LicenseAnswer:
    """The licence as its customer sees it."""
    return LicenseAnswer(**{name: row[name] for name in LicenseAnswer.model_fields})


def _midnight(row: Mapping[str, Any]) -> datetime:
    """A day as a cursor has it."""
    return datetime.combine(row["valid_to_date"], time(), UTC)

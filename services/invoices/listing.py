"""`GET /invoices`: documents page by page, the newest first."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime

from services.common.api import Call, Reply
from services.common.api.paging import Place
from services.common.database import Connection
from services.invoices.models import InvoicesAnswer, InvoicesQuery
from services.invoices.rows import COLUMNS, summary

_ORDER = "v.issued_on DESC, v.generated_at DESC, v.id DESC"


class InvoicePlace(Place):
    """The last document of a page. A day of issue is the seller's, and no later number has an earlier one."""

    day: date
    at: AwareDatetime
    id: UUID


def list_invoices(call: Call) -> Reply:
    """A page of the caller's documents."""
    query = call.query(InvoicesQuery)
    after = InvoicePlace.decode(query.cursor)
    with call.transaction() as connection:
        rows = page(connection, query, after)
    shown, more = rows[: query.limit], len(rows) > query.limit
    last = InvoicePlace(day=shown[-1]["issued_on"], at=shown[-1]["generated_at"], id=shown[-1]["id"]) if more else None
    return Reply.of(InvoicesAnswer(invoices=tuple(map(summary, shown)), next=last.encode() if last else None))


def page(connection: Connection, query: InvoicesQuery, after: InvoicePlace | None) -> list[dict[str, Any]]:
    """The documents after the place, one more than the page takes.

    The page is cut before its orders are looked up: with both tables' policies in one join, the planner expects few
    rows and sorts all that there are.
    """
    conditions, values = _chosen(query)
    if after is not None:
        conditions.append("(v.issued_on, v.generated_at, v.id) < (%(day)s, %(at)s, %(id)s)")
        values |= after.model_dump()
    if query.subscription_id is None:
        cut = _cut(conditions)
    else:
        # As many of each item as the page takes: a subscription has few items, and an item may have very many invoices.
        cut = f"""
            SELECT v.* FROM subscription_item i CROSS JOIN LATERAL (
                {_cut([*conditions, "v.subscription_item_id = i.id"])}
            ) AS v WHERE i.subscription_id = %(subscription)s ORDER BY {_ORDER} LIMIT %(limit)s
        """  # noqa: S608 - constants; every value is bound
    # Never prepared: only a plan for the values at hand takes the index of what is rare.
    return connection.execute(
        f"SELECT {COLUMNS} FROM ({cut}) AS v JOIN sales_order o ON o.id = v.order_id ORDER BY {_ORDER}".encode(),  # noqa: S608
        {**values, "subscription": query.subscription_id, "limit": query.limit + 1},
        prepare=False,
    ).fetchall()


def _cut(conditions: Sequence[str]) -> str:
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT v.* FROM invoice v {where} ORDER BY {_ORDER} LIMIT %(limit)s"  # noqa: S608


def _chosen(query: InvoicesQuery) -> tuple[list[str], dict[str, Any]]:
    given = {
        "kind": ("v.kind = %(kind)s", query.kind and query.kind.value),
        "from": ("v.issued_on >= %(from)s", query.from_),
        "to": ("v.issued_on <= %(to)s", query.to),
        "order": ("v.order_id = %(order)s", query.order_id),
        "number": ("v.invoice_number = %(number)s", query.invoice_number),
    }
    wanted = {name: entry for name, entry in given.items() if entry[1] is not None}
    return [condition for condition, _ in wanted.values()], {name: value for name, (_, value) in wanted.items()}

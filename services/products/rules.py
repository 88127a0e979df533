"""Margin rules as operators keep them; each change makes the prices anew, in its own transaction."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from services.common.api import Call, Cursor, ListQuery, Page, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import InvalidRequest
from services.products import catalogue, pricing
from services.products.upkeep_models import MarginRuleAnswer, MarginRulesAnswer, NewMarginRule

ADDRESS = "/catalogue/margin-rules"

_SHOWN = """
    id, product_id, vendor, name_pattern, markup_percent, minimum_margin, below_purchase_price, valid_from, valid_until,
    created_by, created_at
"""


def list_rules(call: Call) -> Reply:
    """The rules that were not deleted."""
    query = call.query(ListQuery)
    with call.transaction() as connection:
        rows = connection.execute(
            f"""
            SELECT {_SHOWN} FROM margin_rule
            WHERE deleted_at IS NULL AND (%(at)s::timestamptz IS NULL OR (created_at, id) > (%(at)s, %(id)s))
            ORDER BY created_at, id LIMIT %(limit)s
            """.encode(),  # noqa: S608 - a constant; every value is bound
            {"limit": query.limit + 1, **Cursor.values(Cursor.decode(query.cursor))},
        ).fetchall()
    page = Page.cut(rows, query.limit, lambda row: (row["created_at"], row["id"]))
    return Reply.of(MarginRulesAnswer(margin_rules=tuple(map(_answer, page.rows)), next=page.next))


def create_rule(call: Call) -> Reply:
    """A new rule.

    Raises:
        InvalidRequest: it names a product that there is not.
    """
    wanted = call.body(NewMarginRule)

    def effect(connection: Connection) -> Reply:
        catalogue.lock(connection)
        row = _insert(connection, wanted, call.staff.subject)
        pricing.reprice(connection)
        return Reply.of(_answer(row), 201, location=ADDRESS)

    return call.once(effect)


def delete_rule(call: Call) -> Reply:
    """Ends a rule for good; what was priced by it is priced by the next one that holds."""

    def effect(connection: Connection) -> Reply:
        catalogue.lock(connection)
        row = connection.execute(
            """
            UPDATE margin_rule SET deleted_at = now(), deleted_by = %s, updated_at = now()
            WHERE id = %s AND deleted_at IS NULL RETURNING id
            """,
            (call.staff.subject, call.id),
        ).fetchone()
        found(row, "margin rule")
        pricing.reprice(connection)
        return Reply.empty()

    return call.once(effect)


def _insert(connection: Connection, wanted: NewMarginRule, operator: UUID) -> dict[str, Any]:
    if wanted.product_id is not None:
        known = connection.execute("SELECT FROM sales_product WHERE id = %s", (wanted.product_id,)).fetchone()
        if known is None:
            errors = [{"field": "productId", "message": "names no product"}]
            raise InvalidRequest("see 'errors' for each field", errors=errors)
    row = connection.execute(
        f"""
        INSERT INTO margin_rule (id, product_id, vendor, name_pattern, markup_percent, minimum_margin,
            below_purchase_price, valid_from, valid_until, created_by, created_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp()) RETURNING {_SHOWN}
        """.encode(),  # noqa: S608 - a constant; every value is bound
        (
            uuid4(), wanted.product_id, wanted.vendor, wanted.name_pattern, Decimal(wanted.markup_percent),
            Decimal(wanted.minimum_margin), wanted.below_purchase_price, wanted.valid_from, wanted.valid_until,
            operator,
        ),
    ).fetchone()  # fmt: skip
    return found(row, "margin rule")


def _answer(row: dict[str, Any]) -> MarginRuleAnswer:
    numbers = {name: _plain(row[name]) for name in ("markup_percent", "minimum_margin")}
    return MarginRuleAnswer(**{**row, **numbers})


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"

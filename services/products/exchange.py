"""Exchange rates as operators tell them; each makes the prices anew, in its own transaction. None is ever changed."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from services.common.api import Call, Cursor, ListQuery, Page, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.products import catalogue, pricing
from services.products.upkeep_models import ExchangeRateAnswer, ExchangeRatesAnswer, NewExchangeRate

ADDRESS = "/catalogue/exchange-rates"


def list_rates(call: Call) -> Reply:
    """Every rate that was told, the latest first."""
    query = call.query(ListQuery)
    with call.transaction() as connection:
        rows = connection.execute(
            """
            SELECT id, base, quote, rate, valid_from, source, created_by, created_at FROM exchange_rate
            WHERE %(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(id)s)
            ORDER BY created_at DESC, id DESC LIMIT %(limit)s
            """,
            {"limit": query.limit + 1, **Cursor.values(Cursor.decode(query.cursor))},
        ).fetchall()
    page = Page.cut(rows, query.limit, lambda row: (row["created_at"], row["id"]))
    return Reply.of(ExchangeRatesAnswer(exchange_rates=tuple(map(_answer, page.rows)), next=page.next))


def create_rate(call: Call) -> Reply:
    """A new rate."""
    wanted = call.body(NewExchangeRate)

    def effect(connection: Connection) -> Reply:
        catalogue.lock(connection)
        row = connection.execute(
            """
            INSERT INTO exchange_rate (id, base, quote, rate, valid_from, source, created_by, created_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, clock_timestamp())
            RETURNING id, base, quote, rate, valid_from, source, created_by, created_at
            """,
            (
                uuid4(), wanted.base, wanted.quote, Decimal(wanted.rate), wanted.valid_from, wanted.source,
                call.staff.subject,
            ),
        ).fetchone()  # fmt: skip
        pricing.reprice(connection)
        return Reply.of(_answer(found(row, "exchange rate")), 201, location=ADDRESS)

    return call.once(effect)


def _answer(row: dict[str, Any]) -> ExchangeRateAnswer:
    return ExchangeRateAnswer(**{**row, "rate": f"{row['rate'].normalize():f}"})

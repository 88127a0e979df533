"""`GET /invoices/totals`: what each month came to, by currency; credit notes are deductions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.common.api import Call, Reply
from services.common.api.models import now
from services.common.database import Connection
from services.common.errors import InvalidRequest
from services.invoices.models import MonthTotalAnswer, TotalsAnswer, TotalsQuery
from services.invoices.rows import amount

MAX_MONTHS = 36
"""Three years in one answer: what a tax audit asks for, and few enough rows to add up while somebody waits."""
USUAL_MONTHS = 12


@dataclass(frozen=True)
class Span:
    """Days from the first of a month to before the first of another one."""

    first: date
    end: date


def span(query: TotalsQuery, today: date) -> Span:
    """The months that are asked for.

    Raises:
        InvalidRequest: they end before they begin, or are more than `MAX_MONTHS`.
    """
    last = _month(query.to) if query.to else _count(today)
    first = _month(query.from_) if query.from_ else last - USUAL_MONTHS + 1
    if not 0 <= last - first < MAX_MONTHS:
        message = f"1 to {MAX_MONTHS} months up to the month 'to' are needed; without it, up to the present one"
        raise InvalidRequest("see 'errors' for each field", errors=[{"field": "from", "message": message}])
    return Span(_first_day(first), _first_day(last + 1))


def total(call: Call) -> Reply:
    """The caller's totals."""
    months = span(call.query(TotalsQuery), now().date())
    with call.transaction() as connection:
        rows = sums(connection, months)
    return Reply.of(TotalsAnswer(totals=tuple(map(_answer, rows))))


def sums(connection: Connection, months: Span) -> list[dict[str, Any]]:
    """A row for each month and currency in which there is a document, the newest first."""
    # By days first: there are few of them, and what a month is called is worked out for each of those alone.
    return connection.execute(
        """
        SELECT to_char(issued_on, 'YYYY-MM') AS month, currency, sum(invoices)::int AS invoices,
            sum(credit_notes)::int AS credit_notes, sum(net) AS net, sum(amount) AS amount
        FROM (
            SELECT issued_on, currency, count(*) FILTER (WHERE kind = 'INVOICE') AS invoices,
                count(*) FILTER (WHERE kind = 'CREDIT_NOTE') AS credit_notes,
                sum(CASE kind WHEN 'INVOICE' THEN net ELSE -net END) AS net,
                sum(CASE kind WHEN 'INVOICE' THEN amount ELSE -amount END) AS amount
            FROM invoice WHERE issued_on >= %s AND issued_on < %s GROUP BY issued_on, currency
        ) AS days
        GROUP BY 1, 2 ORDER BY 1 DESC, 2
        """,
        (months.first, months.end),
    ).fetchall()


def _answer(row: dict[str, Any]) -> MonthTotalAnswer:
    currency = row["currency"]
    return MonthTotalAnswer(
        month=row["month"],
        currency=currency,
        invoices=row["invoices"],
        credit_notes=row["credit_notes"],
        net=amount(row["net"], currency),
        vat_amount=amount(row["amount"] - row["net"], currency),
        amount=amount(row["amount"], currency),
    )


def _month(text: str) -> int:
    return _count(date.fromisoformat(f"{text}-01"))


def _count(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def _first_day(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)

"""Tells customers of licences that end soon: 30, 7 and 1 days before, once each, in one mail a day and threshold.

What was told is a row for each licence, end and threshold, written in the transaction that hands the mail over; so two
pods, a restart or a day on which nobody ran send nothing twice and leave nothing out. A licence that was extended has
another end by then, and is told of again before that one.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg

from services.common.database import Connection, Database
from services.common.mail import mailing
from services.licensing.letters import Ending, expiry_letter

THRESHOLDS = (30, 7, 1)
"""Days before the last day."""

_DUE = """
    l.returned_at IS NULL AND l.valid_to_date BETWEEN %(today)s::date + %(least)s AND %(today)s::date + %(days)s
    AND NOT EXISTS (
        SELECT FROM expiry_notice n
        WHERE n.license_id = l.id AND n.valid_to_date = l.valid_to_date AND n.days_before = %(days)s
    )
"""
_CUSTOMERS = f"""
    SELECT c.id FROM customer c
    WHERE c.active AND NOT EXISTS (
        SELECT FROM expiry_letter e WHERE e.customer_id = c.id AND e.day = %(today)s AND e.days_before = %(days)s
    ) AND EXISTS (SELECT FROM license l WHERE l.customer_id = c.id AND {_DUE})
    ORDER BY c.id
"""  # noqa: S608 - constants; every value is bound
_LETTER = """
    INSERT INTO expiry_letter (id, customer_id, day, days_before)
    VALUES (%(letter)s, %(customer)s, %(today)s, %(days)s) ON CONFLICT DO NOTHING
"""
_TELL = f"""
    WITH told AS (
        INSERT INTO expiry_notice (license_id, valid_to_date, days_before, letter_id)
        SELECT l.id, l.valid_to_date, %(days)s, %(letter)s FROM license l WHERE l.customer_id = %(customer)s AND {_DUE}
        ON CONFLICT DO NOTHING
        RETURNING license_id, valid_to_date
    )
    SELECT i.product_name AS product, s.name AS subscription, t.valid_to_date AS ends_on, count(*) AS count
    FROM told t JOIN license l ON l.id = t.license_id JOIN subscription_item i ON i.id = l.subscription_item_id
        JOIN subscription s ON s.id = i.subscription_id
    GROUP BY i.product_name, s.name, t.valid_to_date
"""  # noqa: S608 - constants; every value is bound

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Round:
    """One threshold on one day: licences with so many days left, both ends included."""

    today: date
    days: int
    least: int

    def values(self, **more: object) -> dict[str, Any]:
        """The bound values of a statement."""
        return {"today": self.today, "days": self.days, "least": self.least, **more}


def rounds(today: date) -> tuple[Round, ...]:
    """The thresholds of a day; what was missed on a day without us is told until the next threshold is reached."""
    nearer = (*(days + 1 for days in THRESHOLDS[1:]), 0)
    return tuple(Round(today, days, least) for days, least in zip(THRESHOLDS, nearer, strict=True))


def notify(database: Database, today: date | None = None) -> int:
    """Hands over the mails that are due on that day, by default on the present one in UTC; how many."""
    sent = 0
    for each in rounds(today or datetime.now(UTC).date()):
        with database.transaction() as connection:
            customers = [row["id"] for row in connection.execute(_CUSTOMERS, each.values()).fetchall()]
        for customer in customers:
            with database.transaction() as connection:
                sent += _tell(connection, customer, each)
    return sent


def _tell(connection: Connection, customer: UUID, each: Round) -> bool:
    """Whether the customer is sent this mail now; not if another process was faster, or nothing is left to tell."""
    letter = uuid4()
    values = each.values(customer=customer, letter=letter)
    with connection.transaction():
        rows = connection.execute(_TELL, values).fetchall() if connection.execute(_LETTER, values).rowcount else []
        if not rows:
            raise psycopg.Rollback
        _send(connection, customer, letter, each.today, [Ending(**row) for row in rows])
    return bool(rows)


def _send(connection: Connection, customer: UUID, letter: UUID, today: date, endings: list[Ending]) -> None:
    address = connection.execute("SELECT company_name, email FROM customer WHERE id = %s", (customer,)).fetchone()
    if address is None:
        raise LookupError(f"there is no customer {customer}")
    mailing.send(connection, customer, letter, expiry_letter(address["company_name"], address["email"], today, endings))

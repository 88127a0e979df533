"""How documents and their covering mails write dates and amounts."""

from datetime import date
from decimal import Decimal

from services.common.money.amounts import Money

_MONTHS = (  # strftime would follow the process's locale
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_date(day: date) -> str:
    """The date as no country misreads it: "20 November 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def amount_text(amount: Decimal, currency: str) -> str:
    """The amount with thousands separators and exactly the currency's decimals: "1,234.50".

    Raises:
        ValueError: the currency is unknown, or the amount is finer than it.
    """
    return Money(amount, currency).formatted()

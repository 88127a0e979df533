"""Proration: the part of a full term's price that falls on some of the term's days.

Every day of a term weighs the same. Computed exactly and rounded once, half up, to the currency's decimals; so a term
that is cut in two comes to its price within one smallest unit.
"""

from decimal import Decimal
from fractions import Fraction

from services.common.money.amounts import Money, MoneyError


def prorated(unit_price: Decimal, quantity: int, days: int, term_days: int, currency: str) -> Money:
    """The price of a quantity for some days of a term.

    Args:
        unit_price: of one piece for the full term, before tax; it may be finer than the currency.
        quantity: pieces, 0 or more.
        days: of the term that are paid for, from 0 to the whole term.
        term_days: the length of the full term, 1 or more.
        currency: ISO 4217; the answer has exactly its decimals.

    Raises:
        MoneyError: the price is negative or no money, or a count is out of its range.
        UnknownCurrencyError: ISO 4217 has no such currency.
    """
    full = Money.priced(unit_price, quantity, currency)
    if unit_price < 0 or quantity < 0:
        raise MoneyError(f"{quantity} pieces at {unit_price} cannot be prorated: neither may be negative")
    if term_days < 1 or not 0 <= days <= term_days:
        raise MoneyError(f"{days} of {term_days} days cannot be prorated: a term has at least one day, and no more")
    if days == term_days:
        return full
    return Money.nearest(Fraction(unit_price) * quantity * days / term_days, currency)

"""Prices of one item as the API tells them."""

from decimal import Decimal

from services.common.money.currencies import decimals_of


def told(price: Decimal, currency: str) -> str:
    """A price of one item as an amount of the API: with the currency's decimals, or with more where it is finer.

    Raises:
        UnknownCurrencyError: ISO 4217 has no such currency.
    """
    own = -int(price.normalize().as_tuple().exponent)
    return f"{price:.{max(decimals_of(currency), own)}f}"

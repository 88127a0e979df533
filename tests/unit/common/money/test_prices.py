"""Prices of one item as the API tells them."""

from decimal import Decimal

import pytest

from services.common.money.currencies import UnknownCurrencyError
from services.common.money.prices import told


@pytest.mark.parametrize(
    ("price", "currency", "text"),
    [
        ("13.8100", "EUR", "13.81"),
        ("13", "EUR", "13.00"),
        ("0.0125", "EUR", "0.0125"),
        ("2257.0000", "JPY", "2257"),
        ("100", "JPY", "100"),
        ("1.5", "KWD", "1.500"),
        ("0", "EUR", "0.00"),
    ],
)
def test_a_price_has_its_currency_s_decimals_or_more_where_it_is_finer(price: str, currency: str, text: str) -> None:
    assert told(Decimal(price), currency) == text


def test_a_price_in_no_currency_is_none() -> None:
    with pytest.raises(UnknownCurrencyError):
        told(Decimal(1), "XYZ")

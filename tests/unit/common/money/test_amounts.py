from decimal import Context, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.money.amounts import Money, MoneyError, parse_decimal
from services.common.money.currencies import UnknownCurrencyError, decimals_of
from services.common.tax.countries import UnknownCountryError, country_name

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
UNITS = st.integers(-(10**12), 10**12)


def money(units: int, currency: str) -> Money:
    return Money(Decimal(units).scaleb(-decimals_of(currency)), currency)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.675", "EUR", "2.68"),
        ("2.665", "EUR", "2.67"),
        ("-2.665", "EUR", "-2.67"),
        ("2.6649999", "EUR", "2.66"),
        ("0.5", "JPY", "1"),
        ("1.0005", "KWD", "1.001"),
        ("-0.001", "EUR", "0.00"),
    ],
)
def test_rounds_half_up_to_the_decimals_of_the_currency(amount: str, currency: str, rounded: str) -> None:
    assert str(Money.rounded(Decimal(amount), currency).amount) == rounded


def test_the_context_of_the_thread_changes_nothing() -> None:
    with localcontext(Context(prec=3, rounding="ROUND_DOWN")):
        total = Money.priced(Decimal("0.0125"), 1_000_003, "EUR") + Money.parse("1234567.89", "EUR")
    assert str(total) == "1247067.93 EUR"


@pytest.mark.parametrize("amount", [1.5, 1, True, "1.50", None])
def test_only_decimals_are_money(amount: Any) -> None:
    with pytest.raises(MoneyError, match="Decimal only"):
        Money(amount, "EUR")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_money_is_finite(amount: str) -> None:
    with pytest.raises(MoneyError, match="not a finite amount"):
        Money.rounded(Decimal(amount), "EUR")


def test_a_float_factor_is_refused() -> None:
    with pytest.raises(MoneyError, match="float"):
        Money.parse("1.00", "EUR") * 0.1  # type: ignore[operator]


def test_too_precise_or_too_large_is_refused() -> None:
    with pytest.raises(MoneyError, match="more decimals than JPY"):
        Money(Decimal("0.5"), "JPY")
    with pytest.raises(MoneyError, match="too large"):
        Money(Decimal(10) ** 15, "EUR")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(MoneyError, match="cannot be combined"):
        Money.parse("1.00", "EUR") + Money.parse("1.00", "USD")


def test_unknown_codes_are_named() -> None:
    with pytest.raises(UnknownCurrencyError, match="'EURO'"):
        Money(Decimal(1), "EURO")
    with pytest.raises(UnknownCountryError, match="'XX'"):
        country_name("XX")
    assert (country_name("DE"), country_name("KR")) == ("Germany", "South Korea")


@pytest.mark.parametrize("numeral", ["1e3", "1,000", "NaN", "", " 1", "1.", "+1", "\u0661", "0x1", "1" * 16])
def test_only_plain_numerals_are_read(numeral: str) -> None:
    with pytest.raises(MoneyError, match="no plain decimal number"):
        parse_decimal(numeral)


def test_formats_with_thousands_separators() -> None:
    assert Money.parse("-1234567.8", "EUR").formatted() == "-1,234,567.80"
    assert Money.parse("1234567", "JPY").formatted() == "1,234,567"


def test_the_largest_remainders_get_what_is_left() -> None:
    shares = Money.parse("100.00", "EUR").split([1, 1, 1])
    assert [str(share.amount) for share in shares] == ["33.34", "33.33", "33.33"]
    assert [share.amount for share in Money.parse("5", "JPY").split([1, 4, 3])] == [1, 2, 2]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 1]])
def test_a_split_needs_weights(weights: list[int]) -> None:
    with pytest.raises(MoneyError, match="weights"):
        Money.parse("1.00", "EUR").split(weights)


@settings(max_examples=100, deadline=None)
@given(UNITS, CURRENCIES, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_a_split_loses_nothing_and_is_never_off_by_a_unit(units: int, currency: str, weights: list[int]) -> None:
    whole = money(units, currency)
    shares = whole.split(weights)
    assert sum(shares, Money.zero(currency)) == whole
    for share, weight in zip(shares, weights, strict=True):
        exact = Decimal(units) * weight / sum(weights)
        assert abs(share.amount.scaleb(decimals_of(currency)) - exact) < 1


@settings(max_examples=100, deadline=None)
@given(UNITS, UNITS, CURRENCIES)
def test_sums_and_numerals_come_back(left: int, right: int, currency: str) -> None:
    first, second = money(left, currency), money(right, currency)
    assert first + second - second == first
    assert Money.parse(str(first.amount), currency) == first
    assert first + -first == Money.zero(currency)

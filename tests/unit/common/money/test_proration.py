from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.money.amounts import Money, MoneyError
from services.common.money.currencies import UnknownCurrencyError, decimals_of
from services.common.money.proration import prorated

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
PRICES = st.decimals(0, 10**6, places=4, allow_nan=False, allow_infinity=False)
QUANTITIES = st.integers(0, 10_000)


@st.composite
def parts(draw: st.DrawFn) -> tuple[int, int]:
    term = draw(st.integers(1, 3_660))
    return draw(st.integers(0, term)), term


@pytest.mark.parametrize(
    ("unit_price", "quantity", "part", "currency", "price"),
    [
        ("12.00", 1, (120, 365), "EUR", "3.95"),
        ("12.00", 3, (120, 365), "EUR", "11.84"),
        ("0.01", 1, (1, 2), "EUR", "0.01"),
        ("0.01", 1, (182, 365), "EUR", "0.00"),
        ("1000", 7, (31, 366), "JPY", "593"),
        ("1.2345", 10, (1, 3), "KWD", "4.115"),
        ("9.99", 5, (0, 30), "EUR", "0.00"),
        ("9.99", 0, (30, 30), "EUR", "0.00"),
    ],
)
def test_some_days_cost_their_share_of_the_term(
    unit_price: str, quantity: int, part: tuple[int, int], currency: str, price: str
) -> None:
    assert prorated(Decimal(unit_price), quantity, *part, currency) == Money(Decimal(price), currency)


@given(PRICES, QUANTITIES, st.integers(1, 3_660), CURRENCIES)
def test_a_full_term_costs_its_price(price: Decimal, quantity: int, term: int, currency: str) -> None:
    assert prorated(price, quantity, term, term, currency) == Money.priced(price, quantity, currency)


@given(PRICES, QUANTITIES, parts(), CURRENCIES)
def test_a_part_is_never_negative_and_never_above_the_full_price(
    price: Decimal, quantity: int, part: tuple[int, int], currency: str
) -> None:
    assert 0 <= prorated(price, quantity, *part, currency).amount <= Money.priced(price, quantity, currency).amount


@given(PRICES, QUANTITIES, parts(), CURRENCIES)
def test_a_term_cut_in_two_costs_its_price_within_one_unit(
    price: Decimal, quantity: int, part: tuple[int, int], currency: str
) -> None:
    days, term = part
    both = prorated(price, quantity, days, term, currency) + prorated(price, quantity, term - days, term, currency)
    unit = Decimal(1).scaleb(-decimals_of(currency))
    assert abs(both.amount - Money.priced(price, quantity, currency).amount) <= unit


@given(PRICES, QUANTITIES, st.data(), parts(), CURRENCIES)
def test_more_days_never_cost_less(
    price: Decimal, quantity: int, data: st.DataObject, part: tuple[int, int], currency: str
) -> None:
    days, term = part
    fewer = data.draw(st.integers(0, days))
    part_price = prorated(price, quantity, fewer, term, currency)
    assert part_price.amount <= prorated(price, quantity, days, term, currency).amount


def test_the_context_of_the_thread_changes_nothing() -> None:
    with localcontext(Context(prec=3, rounding="ROUND_DOWN")):
        assert str(prorated(Decimal("1234567.89"), 3, 100, 365, "EUR")) == "1014713.33 EUR"


@pytest.mark.parametrize(("days", "term_days"), [(-1, 30), (31, 30), (0, 0), (1, -1)])
def test_days_outside_the_term_are_refused(days: int, term_days: int) -> None:
    with pytest.raises(MoneyError, match="days cannot be prorated"):
        prorated(Decimal(1), 1, days, term_days, "EUR")


@pytest.mark.parametrize(("price", "quantity"), [("-1", 1), ("1", -1)])
def test_negative_prices_and_quantities_are_refused(price: str, quantity: int) -> None:
    with pytest.raises(MoneyError, match="neither may be negative"):
        prorated(Decimal(price), quantity, 1, 2, "EUR")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(UnknownCurrencyError):
        prorated(Decimal(1), 1, 1, 2, "ZZZ")

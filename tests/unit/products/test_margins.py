"""Which margin rule holds, and the price that it makes."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.money.currencies import UnknownCurrencyError, decimals_of
from services.products.margins import HIGHEST_PRICE, Item, Rule, kept_price, rule_for, sales_price
from tests.unit.products.rules import DAY, OFFICE, rule

ONE = Decimal(1)
CURRENCIES = st.sampled_from(["EUR", "SGD", "JPY", "KWD"])
PRICES = st.decimals(min_value=0, max_value=10**10 - 1, places=4)
RATES = st.decimals(min_value=Decimal("0.00000001"), max_value=10**6, places=8)
MARKUPS = st.decimals(min_value=0, max_value=1000, places=3)
MINIMA = st.decimals(min_value=0, max_value=1000, places=4)

BY_PRODUCT = rule(product_id=OFFICE.product_id)
BY_VENDOR_AND_NAME = rule(vendor="Nimbus", name_pattern="*Office*")
BY_NAME = rule(name_pattern="nimbus office *")
BY_VENDOR = rule(vendor="NIMBUS")
FOR_ALL = rule()
FROM_THE_MOST_SPECIFIC = [BY_PRODUCT, BY_VENDOR_AND_NAME, BY_NAME, BY_VENDOR, FOR_ALL]


@given(st.permutations(FROM_THE_MOST_SPECIFIC), st.sets(st.integers(0, 4)))
def test_the_most_specific_of_the_rules_holds_in_any_order(rules: list[Rule], left_out: set[int]) -> None:
    there = [one for place, one in enumerate(FROM_THE_MOST_SPECIFIC) if place not in left_out]
    expected = there[0] if there else None
    assert rule_for(OFFICE, [one for one in rules if one in there], DAY) is expected


@pytest.mark.parametrize(
    "other",
    [
        Item(uuid4(), "Nimbus", "Nimbus Drive"),
        Item(uuid4(), "Quillstack", "Quillstack Office"),
    ],
)
def test_a_rule_for_one_thing_says_nothing_of_another(other: Item) -> None:
    assert rule_for(other, [BY_PRODUCT, BY_VENDOR_AND_NAME, BY_NAME], DAY) is None


def test_of_two_alike_the_one_that_began_later_holds_and_then_the_one_that_was_written_later() -> None:
    first = rule(valid_from=date(2026, 1, 1), created_at=datetime(2026, 3, 1, tzinfo=UTC))
    later = rule(valid_from=date(2026, 6, 1), created_at=datetime(2026, 2, 1, tzinfo=UTC))
    corrected = rule(valid_from=date(2026, 6, 1), created_at=datetime(2026, 4, 1, tzinfo=UTC))
    assert rule_for(OFFICE, [later, first], DAY) is later
    assert rule_for(OFFICE, [corrected, later, first], DAY) is corrected


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 200), st.integers(-300, 300))
def test_a_rule_holds_from_its_first_to_its_last_day(first: date, length: int, offset: int) -> None:
    limited = rule(valid_from=first, valid_until=first + timedelta(days=length))
    day = first + timedelta(days=offset)
    assert (rule_for(OFFICE, [limited], day) is limited) == (0 <= offset <= length)
    endless = rule(valid_from=first)
    assert (rule_for(OFFICE, [endless], day) is endless) == (offset >= 0)


@given(PRICES, MARKUPS, MINIMA, RATES, CURRENCIES)
def test_no_price_is_below_the_purchase_price_unless_the_rule_says_so(
    purchase: Decimal, markup: Decimal, minimum: Decimal, rate: Decimal, currency: str
) -> None:
    price = sales_price(purchase, rule(str(markup), minimum=f"{minimum:f}"), rate, currency)
    if price is not None:
        assert Fraction(price) >= Fraction(purchase) * Fraction(rate)


@given(PRICES, MARKUPS, MINIMA, RATES, CURRENCIES)
def test_a_price_is_within_one_smallest_unit_of_the_larger_of_both_margins(
    purchase: Decimal, markup: Decimal, minimum: Decimal, rate: Decimal, currency: str
) -> None:
    price = sales_price(purchase, rule(str(markup), minimum=f"{minimum:f}"), rate, currency)
    cost = Fraction(purchase)
    exact = max(cost * (100 + Fraction(markup)) / 100, cost + Fraction(minimum)) * Fraction(rate)
    unit = Fraction(1, 10 ** decimals_of(currency))
    if price is None:
        assert exact + unit > HIGHEST_PRICE
    else:
        assert abs(Fraction(price) - exact) < unit
        assert -int(price.as_tuple().exponent) == decimals_of(currency)


@given(PRICES, st.decimals(min_value=-100, max_value=1000, places=3), RATES, CURRENCIES)
def test_a_rule_that_says_so_may_lead_below_and_never_below_nothing(
    purchase: Decimal, markup: Decimal, rate: Decimal, currency: str
) -> None:
    price = sales_price(purchase, rule(str(markup), below=True), rate, currency)
    if price is not None:
        exact = Fraction(purchase) * (100 + Fraction(markup)) / 100 * Fraction(rate)
        assert price >= 0
        assert abs(Fraction(price) - exact) <= Fraction(1, 2 * 10 ** decimals_of(currency))


@given(PRICES, MARKUPS, MARKUPS, RATES, CURRENCIES)
def test_a_higher_markup_never_makes_a_lower_price(
    purchase: Decimal, one: Decimal, another: Decimal, rate: Decimal, currency: str
) -> None:
    low = sales_price(purchase, rule(str(min(one, another))), rate, currency)
    high = sales_price(purchase, rule(str(max(one, another))), rate, currency)
    assert high is None or (low is not None and low <= high)


@pytest.mark.parametrize(
    ("purchase", "margin", "rate", "price"),
    [
        ("11.70", rule("18"), "1", "13.81 EUR"),
        ("11.70", rule("18", minimum="3"), "1", "14.70 EUR"),
        ("11.70", rule("18"), "1.5021", "20.74 SGD"),
        ("11.70", rule("18"), "163.5", "2257 JPY"),
        ("10.004", rule("0"), "1", "10.01 EUR"),
        ("0.0001", rule("0"), "1", "1 JPY"),
        ("0", rule("18"), "1", "0.00 EUR"),
    ],
)
def test_prices_as_one_would_compute_them_by_hand(purchase: str, margin: Rule, rate: str, price: str) -> None:
    amount, currency = price.split()
    assert str(sales_price(Decimal(purchase), margin, Decimal(rate), currency)) == amount


def test_a_price_in_a_currency_that_there_is_not_is_none() -> None:
    with pytest.raises(UnknownCurrencyError):
        sales_price(ONE, FOR_ALL, ONE, "XYZ")


@given(PRICES, PRICES, RATES)
def test_without_a_rule_a_price_stays_for_as_long_as_it_covers_the_purchase_price(
    purchase: Decimal, present: Decimal, rate: Decimal
) -> None:
    covers = Fraction(present) >= Fraction(purchase) * Fraction(rate)
    assert kept_price(purchase, present, rate) == (present if covers else None)
    assert kept_price(purchase, None, rate) is None


@given(PRICES)
def test_what_stood_in_the_demo_is_what_its_rule_makes(purchase: Decimal) -> None:
    by_hand = (Fraction(purchase) * 118 / 100 * 100 + Fraction(1, 2)) // 1
    price = sales_price(purchase, FOR_ALL, ONE, "EUR")
    cents = Decimal(int(by_hand)).scaleb(-2)
    if price is not None and cents >= purchase:
        assert price == cents.quantize(Decimal("0.01"), ROUND_HALF_UP)

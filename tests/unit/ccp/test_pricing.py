from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.ccp.pricing import CENT, price


@pytest.mark.parametrize(
    ("amount", "discount"), [(1, 0), (9, 0), (10, 5), (49, 5), (50, 10), (249, 10), (250, 15), (1000, 20), (10_000, 20)]
)
def test_the_discount_grows_with_the_amount(amount: int, discount: int) -> None:
    assert price(Decimal("10.00"), amount).discount == discount


def test_half_a_cent_is_rounded_up() -> None:
    assert price(Decimal("0.11"), 50).total == Decimal("4.95")
    assert price(Decimal("0.01"), 50).total == Decimal("0.45")
    assert price(Decimal("0.01"), 10).total == Decimal("0.10")  # 0.095


@given(st.decimals("0.01", "9999.99", places=2), st.integers(1, 10_000))
def test_the_total_is_the_list_price_less_the_discount_to_the_cent(unit_price: Decimal, amount: int) -> None:
    found = price(unit_price, amount)
    exact = found.per_item * amount * (100 - found.discount) / 100
    assert abs(found.total - exact) <= CENT / 2
    assert found.total == found.total.quantize(CENT)

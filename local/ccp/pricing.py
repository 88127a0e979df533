"""What an order costs."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

VOLUME_DISCOUNTS = ((1000, 20), (250, 15), (50, 10), (10, 5))
"""(from this amount on, percent), the largest amount first."""

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Price:
    """What a sale costs.

    Attributes:
        per_item: the list price of one item, before the discount.
        discount: percent off the total.
        total: what is charged, after the discount, rounded half up to whole cents.
    """

    per_item: Decimal
    discount: int
    total: Decimal


def price(unit_price: Decimal, amount: int) -> Price:
    """The price of `amount` items."""
    discount = next((percent for least, percent in VOLUME_DISCOUNTS if amount >= least), 0)
    total = unit_price * amount * (100 - discount) / 100
    return Price(unit_price.quantize(CENT), discount, total.quantize(CENT, ROUND_HALF_UP))

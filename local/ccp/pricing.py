"""What an order costs."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

VOLUME_DISCOUNTS = ((1000, 20), (250, 15), (50, 10), (10, 5))
"""(from this amount on, percent), the largest amount first."""

CENT = Decimal("0.01")

TERM_DAYS = 365
"""What the list price pays for: how long a licence runs from its sale, unless it is extended."""


@dataclass(frozen=True)
class Price:
    """What a sale costs.

    Attributes:
        per_item: the list price of one item, before the discount.
        discount: percent off the total.
        total: what is charged, after the discount, rounded half up to whole cents; of an extension, for the days added.
    """

    per_item: Decimal
    discount: int
    total: Decimal


def price(unit_price: Decimal, amount: int) -> Price:
    """The price of `amount` items for a full term."""
    return _price(unit_price, Decimal(amount), amount)


def price_of_days(unit_price: Decimal, days: Collection[int]) -> Price:
    """The price of extending as many licences, each by so many days."""
    return _price(unit_price, Decimal(sum(days)) / TERM_DAYS, len(days))


def _price(unit_price: Decimal, terms: Decimal, amount: int) -> Price:
    discount = next((percent for least, percent in VOLUME_DISCOUNTS if amount >= least), 0)
    total = unit_price * terms * (100 - discount) / 100
    return Price(unit_price.quantize(CENT), discount, total.quantize(CENT, ROUND_HALF_UP))

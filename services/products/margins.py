"""From what the CCP charges to what we charge: which rule holds for a product, and the price that it makes. Pure.

Of the rules that match a product on a day the most specific one holds alone: one for the product itself before one for
a pattern of names with a vendor, one for a pattern, one for a vendor, and one for everything. Of two that are equally
specific the one holds that began later, and of two that began on one day the one that was written later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from fnmatch import fnmatchcase
from uuid import UUID

from services.common.money.currencies import decimals_of

HIGHEST_PRICE = Decimal("9999999999.9999")
"""What the database keeps of a price; an item that came to more would not be for sale."""

_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True)
class Item:
    """What of a product a rule looks at."""

    product_id: UUID
    vendor: str
    name: str


@dataclass(frozen=True)
class Rule:
    """A margin, for whom and when.

    Attributes:
        product_id: for this product alone.
        vendor: for what this vendor makes; upper and lower case are the same.
        name_pattern: for names that match it, in which `*` is any text and `?` any character.
        markup_percent: on top of the purchase price.
        minimum_margin: at least so much on top of it for an item, in the purchase price's currency.
        below_purchase_price: the rule may lead below the purchase price, and only then it does.
        valid_from: the first day.
        valid_until: the last day.
        created_at: decides between rules that are equal otherwise.
    """

    id: UUID
    product_id: UUID | None
    vendor: str | None
    name_pattern: str | None
    markup_percent: Decimal
    minimum_margin: Decimal
    below_purchase_price: bool
    valid_from: date
    valid_until: date | None
    created_at: datetime

    def holds(self, item: Item, day: date) -> bool:
        """Whether the rule is meant for the product on that day."""
        if day < self.valid_from or (self.valid_until is not None and self.valid_until < day):
            return False
        if self.product_id is not None and self.product_id != item.product_id:
            return False
        if self.vendor is not None and self.vendor.casefold() != item.vendor.casefold():
            return False
        return self.name_pattern is None or fnmatchcase(item.name.casefold(), self.name_pattern.casefold())

    @property
    def rank(self) -> tuple[bool, bool, bool, date, datetime, UUID]:
        """The higher of two ranks holds."""
        return (
            self.product_id is not None,
            self.name_pattern is not None,
            self.vendor is not None,
            self.valid_from,
            self.created_at,
            self.id,
        )


def rule_for(item: Item, rules: Iterable[Rule], day: date) -> Rule | None:
    """The one rule that holds for the product on that day, if any does."""
    return max((rule for rule in rules if rule.holds(item, day)), key=lambda rule: rule.rank, default=None)


def sales_price(purchase_price: Decimal, rule: Rule, rate: Decimal, currency: str) -> Decimal | None:
    """The price of one item, with the currency's decimals; None if it is more than any price may be.

    Rounded half up, and up where that would lead below the purchase price although the rule does not say so.

    Args:
        purchase_price: what the CCP charges for it, 0 or more.
        rule: the margin.
        rate: how many units of the currency one unit of the purchase price's is.
        currency: ISO 4217.

    Raises:
        UnknownCurrencyError: ISO 4217 has no such currency.
    """
    cost = _EXACT.multiply(purchase_price, rate)
    share = _EXACT.scaleb(_EXACT.add(Decimal(100), rule.markup_percent), -2)
    wanted = _EXACT.multiply(purchase_price, share)
    if not rule.below_purchase_price:
        wanted = max(wanted, _EXACT.add(purchase_price, rule.minimum_margin))
    price = _rounded(_EXACT.multiply(wanted, rate), currency, ROUND_HALF_UP)
    if price < cost and not rule.below_purchase_price:
        price = _rounded(cost, currency, ROUND_CEILING)
    return price if price <= HIGHEST_PRICE else None


def kept_price(purchase_price: Decimal, present: Decimal | None, rate: Decimal) -> Decimal | None:
    """The price of a product that no rule is meant for: as it was, unless it does not cover the purchase price."""
    covers = present is not None and present >= _EXACT.multiply(purchase_price, rate)
    return present if covers else None


def _rounded(amount: Decimal, currency: str, rounding: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals_of(currency)), context=Context(prec=60, rounding=rounding))

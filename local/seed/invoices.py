"""The invoices of what was ordered before, in series that were closed when this installation began.

The tax is that of each customer and its seller, as `tax.json` has it; the tests hold that against the product's rules.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from local.seed.demo import LegalEntity, legal_entities, stable_id
from local.seed.past import PastOrder

CENT = Decimal("0.01")
_CALENDARS = {"IE": ZoneInfo("Europe/Dublin"), "SG": ZoneInfo("Asia/Singapore")}
"""Of the sellers, by their countries."""
_TAX = Path(__file__).with_name("tax.json")


class Tax(BaseModel):
    """How a seller's invoices to buyers in a country are taxed; the rate is in per cent."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    category: str
    rate: Decimal
    note: str | None
    wording: Mapping[str, str]


@dataclass(frozen=True)
class PastInvoice:
    """The invoice of an order of before."""

    order: PastOrder
    seller: LegalEntity
    tax: Tax
    place: int

    @property
    def id(self) -> UUID:
        """The row's id."""
        return stable_id("invoice", self.order.name)

    @property
    def series(self) -> str:
        """The closed series."""
        return series_of(self.seller)

    @property
    def number(self) -> str:
        """As it is printed."""
        return f"{self.series}-{self.place:06d}"

    @property
    def issued_at(self) -> datetime:
        """The moment of its issue."""
        return self.order.ordered_at + timedelta(minutes=1)

    @property
    def issued_on(self) -> date:
        """In the seller's calendar."""
        return self.issued_at.astimezone(_CALENDARS[self.seller.country]).date()

    @property
    def due_on(self) -> date:
        """The last day to pay."""
        return self.issued_on + timedelta(days=self.seller.payment_days)

    @property
    def net(self) -> Decimal:
        """Before tax."""
        return (self.order.item.sales_price * len(self.order.licences)).quantize(CENT, ROUND_HALF_UP)

    @property
    def vat(self) -> Decimal:
        """The tax."""
        return (self.net * self.tax.rate / 100).quantize(CENT, ROUND_HALF_UP)


def series_of(seller: LegalEntity) -> str:
    """The series of the seller's invoices before this installation: A as in archive."""
    return f"{seller.series}A"


def invoices(orders: Iterable[PastOrder]) -> tuple[PastInvoice, ...]:
    """The orders' invoices: per seller numbered from 1, in the order of the sales."""
    sellers = {entity.series: entity for entity in legal_entities()}
    drawn = dict.fromkeys(sellers, 0)
    made = []
    for order in orders:
        seller = sellers[order.customer.entity]
        drawn[seller.series] += 1
        tax = _taxes()[seller.country][order.customer.country]
        made.append(PastInvoice(order, seller, tax, drawn[seller.series]))
    return tuple(made)


@cache
def _taxes() -> Mapping[str, Mapping[str, Tax]]:
    """By the seller's country, then the buyer's."""
    return {
        seller: {buyer: Tax.model_validate(tax) for buyer, tax in buyers.items()}
        for seller, buyers in json.loads(_TAX.read_text(encoding="utf-8")).items()
    }

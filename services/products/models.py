"""What everybody is answered about products and prices.

A purchase price or a margin exists in the models for staff alone: what a customer is answered is made of models that
have no room for them.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel

from services.common.api.models import Amount, Answer, Currency, Line, ListQuery, Moment


class ProductsQuery(ListQuery):
    """Which products.

    Attributes:
        q: words of name, vendor or description, each from its beginning.
        vendor: who makes it, exactly as it is written.
    """

    q: Line | None = None
    vendor: Line | None = None


class ProductAnswer(Answer):
    """A product as customers see it.

    Attributes:
        ccp_service_item_id: what an order names.
        unit: what one item is, for example `user/month`.
        available: whether it can be ordered now.
        sales_price: of one item for a full term before tax; null while it cannot be ordered.
        currency: the one that your invoices are in; null while it cannot be ordered.
    """

    id: UUID
    ccp_service_item_id: UUID
    vendor: str
    name: str
    description: str
    unit: str
    available: bool
    sales_price: Amount | None
    currency: Currency | None


class SalesPriceAnswer(Answer):
    """What a product costs in one currency.

    Attributes:
        margin_percent: on top of the purchase price at today's exchange rate; null without a rate.
    """

    currency: Currency
    sales_price: Amount
    margin_percent: Amount | None


class CostedProductAnswer(ProductAnswer):
    """A product as staff see it: in `currency`, which is the CCP's, and in all others.

    Attributes:
        withdrawn_at: since when the CCP does not offer it.
        purchase_price: what the CCP charges, in `purchaseCurrency`.
    """

    withdrawn_at: Moment | None
    purchase_price: Amount
    purchase_currency: Currency
    prices: tuple[SalesPriceAnswer, ...]


class AnyProductAnswer(RootModel[CostedProductAnswer | ProductAnswer]):
    """A product; staff see more of it."""


class ProductsAnswer(Answer):
    """A page of the catalogue, by name; staff see products that are not for sale too, and what all of them cost us."""

    products: tuple[CostedProductAnswer | ProductAnswer, ...]
    next: str | None


class PriceChangeAnswer(Answer):
    """A sales price and since when it holds.

    Attributes:
        price: of one item; null: it could not be ordered in that currency from then on.
    """

    kind: Literal["SALES"] = "SALES"
    price: Amount | None
    currency: Currency
    valid_from: Moment


class CostChangeAnswer(Answer):
    """A price that the CCP charges and since when it does."""

    kind: Literal["PURCHASE"] = "PURCHASE"
    price: Amount
    currency: Currency
    valid_from: Moment


class PriceHistoryAnswer(Answer):
    """A product's prices over time, the latest first; staff see those of every currency, and what the CCP charged."""

    prices: tuple[Annotated[PriceChangeAnswer | CostChangeAnswer, Field(discriminator="kind")], ...]
    next: str | None

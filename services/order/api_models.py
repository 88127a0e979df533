"""What goes in and out of the order service's API."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.common.api.models import Amount, Answer, Currency, Id, Input, ListQuery, Moment

MAX_AMOUNT = 5_000
"""Licences in one order: their keys still fit into one payload, and a typing error is caught."""


class CreateOrder(Input):
    """A quantity of a service of the cloud provider for one of the caller's subscriptions.

    Its fields, in their order, are what a kept idempotency key is compared with: a release that renamed one would take
    a repetition for another request.
    """

    ccp_service_item_id: Id
    amount: Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
    subscription_id: Id


class CreateOrderQuery(Input):
    """Whether it is meant.

    Attributes:
        dry_run: tells what the order would come to, and orders nothing.
    """

    dry_run: bool = False


class IssuedKeyAnswer(Answer):
    """A licence key."""

    id: UUID
    key: str


class SoldAnswer(Answer):
    """What the cloud provider has answered; its prices are its own, yours stand in the order."""

    transaction_id: UUID
    ccp_service_item_id: UUID
    amount: int
    price_per_item: float
    total_price: float
    discount: int
    license_keys: tuple[IssuedKeyAnswer, ...]
    timestamp: Moment


class AcceptedAnswer(Answer):
    """The order is kept, and not sold yet or not as ordered.

    Attributes:
        status: the address that tells what becomes of it.
    """

    order_id: UUID
    state: str
    detail: str
    status: str


class TermAnswer(Answer):
    """The days that the price is for: `chargedDays` of the `termDays` that the full price pays for."""

    begins_on: date
    ends_on: date
    charged_days: int
    term_days: int


class VatAnswer(Answer):
    """The tax of an order.

    Attributes:
        name: what the seller's country calls it.
        category: S standard rate, Z zero-rated, AE reverse charge, O outside the scope (UNCL 5305).
        rate: in per cent.
        note: what the invoice will say about it.
    """

    name: str
    category: Literal["S", "Z", "AE", "O"]
    rate: Amount
    amount: Amount
    note: str | None


class QuoteAnswer(Answer):
    """What an order would come to now; nothing is ordered or kept.

    Attributes:
        price_per_item: for a full term, before tax.
        discount: in per cent off the price; ours have none.
    """

    ccp_service_item_id: UUID
    product_name: str
    amount: int
    subscription_id: UUID
    currency: Currency
    price_per_item: Amount
    discount: int
    term: TermAnswer
    net: Amount
    vat: VatAnswer
    gross: Amount


class ShownState(StrEnum):
    """Where an order stands, as its customer is told."""

    RESERVED = "RESERVED"
    CONFIRMED = "CONFIRMED"
    INVOICED = "INVOICED"
    DOCUMENTED = "DOCUMENTED"
    EMAILED = "EMAILED"
    REJECTED = "REJECTED"
    PARKED = "PARKED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"


class OrdersQuery(ListQuery):
    """Which orders.

    Attributes:
        from_: made at that moment or later.
        to: made before that moment.
    """

    state: ShownState | None = None
    subscription_id: Id | None = None
    from_: Annotated[Moment | None, Field(alias="from")] = None
    to: Moment | None = None


class OrderSummaryAnswer(Answer):
    """An order.

    Attributes:
        kind: what was ordered: licences, more of them for an item, or a longer term of one.
        reason: why it was refused, or waits for a person.
        amount: items.
        sales_price: of one item for a full term before tax, as it was when the order was made.
        transaction_id: the cloud provider's.
        invoice_total: with tax.
    """

    id: UUID
    kind: Literal["PURCHASE", "INCREASE", "EXTEND"]
    state: ShownState
    reason: str | None
    ccp_service_item_id: UUID
    product_name: str
    amount: int
    sales_price: Amount
    currency: Currency
    subscription_id: UUID
    transaction_id: UUID | None
    invoice_number: str | None
    invoice_total: Amount | None
    created_at: Moment


class OrdersAnswer(Answer):
    """A page of your orders, the latest first."""

    orders: tuple[OrderSummaryAnswer, ...]
    next: str | None


class StageAnswer(Answer):
    """A line of an order's history."""

    stage: str
    at: Moment
    detail: str | None


class CancellationAnswer(Answer):
    """What became of the wish to cancel.

    Attributes:
        outcome: PENDING: it is being tried, and goes on by itself.
        reason: why the order was not cancelled.
    """

    asked_at: Moment
    outcome: Literal["PENDING", "CANCELLED", "REFUSED"]
    reason: str | None


class OrderAnswer(OrderSummaryAnswer):
    """An order with its history, the oldest line first."""

    cancellation: CancellationAnswer | None
    stages: tuple[StageAnswer, ...]

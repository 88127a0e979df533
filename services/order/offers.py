"""What a product costs a customer: the one price, in the currency of the legal entity that invoices them."""

import logging
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.common.database import Connection
from services.common.errors import NotFound
from services.common.money.amounts import Money, MoneyError
from services.common.money.currencies import UnknownCurrencyError
from services.order.api_models import CreateOrder

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offer:
    """A product that is for sale to a customer.

    Attributes:
        product_id: its row.
        name: as it stands on an invoice.
        unit_price: of one item for a full term, before tax; it may be finer than the currency.
        currency: of the customer's legal entity.
    """

    product_id: UUID
    name: str
    unit_price: Decimal
    currency: str


def offer_of(connection: Connection, customer: UUID, command: CreateOrder) -> Offer:
    """What the customer would buy, and for a subscription of theirs.

    Raises:
        NotFound: no such product, none that is for sale to them or that can be invoiced, or no such subscription.
    """
    row = connection.execute(
        """
        SELECT p.id AS product_id, p.name, s.sales_price AS unit_price, s.currency
        FROM customer c
        JOIN legal_entity e ON e.id = c.legal_entity_id
        JOIN product_price s ON s.currency = e.currency
        JOIN sales_product p ON p.id = s.product_id
        WHERE c.id = %s AND p.ccp_product_id = %s AND p.withdrawn_at IS NULL
        """,
        (customer, command.ccp_service_item_id),
    ).fetchone()
    if row is None:
        raise NotFound("ccpServiceItemId names no product that is for sale to you")
    offer = Offer(**row)
    check_invoiceable(offer.unit_price, command.amount, offer.currency)
    owned = connection.execute(
        "SELECT 1 FROM customer_subscription WHERE customer_id = %s AND subscription_id = %s",
        (customer, command.subscription_id),
    ).fetchone()
    if owned is None:
        raise NotFound("subscriptionId names no subscription of yours")
    return offer


def check_invoiceable(unit_price: Decimal, amount: int, currency: str) -> None:
    """Finds out before anything is sold that nobody could say what it comes to.

    Raises:
        NotFound: the amount or the currency is none.
    """
    try:
        Money.priced(unit_price, amount, currency)
    except (MoneyError, UnknownCurrencyError) as fault:
        _log.error("the catalogue has a product whose price is no money", extra={"reason": fault})
        raise NotFound("ccpServiceItemId names a product that is not for sale now") from None

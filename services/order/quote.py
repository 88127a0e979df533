"""`POST /create-order?dryRun=true`: what an order would come to, by the very rules that its invoice will follow."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from services.common.api.models import now
from services.common.database import Connection
from services.common.errors import NotPossible, Park
from services.common.money.prices import told
from services.common.money.proration import prorated
from services.common.tax.supplies import TaxParty, TaxTreatment, decide, tax_point_of
from services.order.api_models import CreateOrder, QuoteAnswer, TermAnswer, VatAnswer
from services.order.confirmation import LICENSE_DAYS
from services.order.offers import Offer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parties:
    """Who would sell to whom."""

    seller: TaxParty
    buyer: TaxParty


def parties_of(connection: Connection) -> Parties:
    """The tenant whose transaction it is, and the legal entity that invoices them."""
    row = connection.execute(
        """
        SELECT e.country AS seller, e.vat_id AS seller_id, c.country AS buyer, c.vat_id AS buyer_id
        FROM customer c JOIN legal_entity e ON e.id = c.legal_entity_id
        """
    ).fetchone()
    if row is None:
        raise LookupError("a customer without a legal entity")
    return Parties(TaxParty(row["seller"], row["seller_id"]), TaxParty(row["buyer"], row["buyer_id"]))


def quote(command: CreateOrder, offer: Offer, parties: Parties, at: datetime | None = None) -> QuoteAnswer:
    """What the order would come to at that moment, which is now unless it is given. Pure.

    Raises:
        NotPossible: nobody can say how it would be taxed.
    """
    at = at or now()
    tax = _tax(parties, at)
    begins_on = at.date()
    net = prorated(offer.unit_price, command.amount, LICENSE_DAYS, LICENSE_DAYS, offer.currency)
    vat = net * (tax.rate / 100)
    return QuoteAnswer(
        ccp_service_item_id=command.ccp_service_item_id,
        product_name=offer.name,
        amount=command.amount,
        subscription_id=command.subscription_id,
        currency=offer.currency,
        price_per_item=told(offer.unit_price, offer.currency),
        discount=0,
        term=TermAnswer(
            begins_on=begins_on,
            ends_on=begins_on + timedelta(days=LICENSE_DAYS),
            charged_days=LICENSE_DAYS,
            term_days=LICENSE_DAYS,
        ),
        net=_plain(net.amount),
        vat=VatAnswer(
            name=tax.wording.tax_name,
            category=tax.category.value,
            rate=_plain(tax.rate),
            amount=_plain(vat.amount),
            note=tax.note,
        ),
        gross=_plain((net + vat).amount),
    )


def _tax(parties: Parties, at: datetime) -> TaxTreatment:
    try:
        return decide(parties.seller, parties.buyer, tax_point_of(at, parties.seller.country))
    except Park as fault:
        _log.warning("no quote", extra={"reason": fault})
        raise NotPossible("how this would be taxed cannot be said: check your company's country and VAT ID") from None


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"

"""Composes the invoice document from what is already decided: parties, prices, tax treatment, number and dates.

Pure and total: equal facts give an equal document, so a restarted order prints the same invoice.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import ValidationError

from services.common.errors import Park
from services.common.money.amounts import Money, MoneyError
from services.common.money.currencies import UnknownCurrencyError, decimals_of
from services.common.money.proration import prorated
from services.common.tax.rates import jurisdiction_of_seller
from services.common.tax.supplies import TaxTreatment
from services.common.validation import faults
from services.manifests.invoice_document import (
    Buyer,
    EInvoice,
    InvoiceDocument,
    InvoiceLine,
    Proration,
    Seller,
    ServicePeriod,
    TaxGroup,
    Totals,
)

_DECIMALS_OF_EN_16931 = 2


@dataclass(frozen=True)
class SoldItem:
    """A quantity of one product at our sales price per piece for its full term, before tax.

    Args:
        description: the product's name.
        quantity: pieces.
        unit_price: of one piece, in the order's currency.
        period: the days that it is sold for, if they are known.
        proration: the part of the full term that is charged; None for all of it.
    """

    description: str
    quantity: int
    unit_price: Decimal
    period: ServicePeriod | None = None
    proration: Proration | None = None


@dataclass(frozen=True)
class OrderFacts:
    """What the invoice says of the order it belongs to."""

    order_id: UUID
    ccp_transaction_id: UUID
    subscription_name: str
    currency: str
    items: tuple[SoldItem, ...]


@dataclass(frozen=True)
class InvoiceHead:
    """Number, the gapless series it is drawn from, and dates in the seller's calendar; supply is the tax point."""

    number: str
    series: str
    issued_on: date
    supplied_on: date
    due_on: date
    revision: int = 1


def e_invoice_of(seller_country: str, currency: str) -> EInvoice | None:
    """The structured invoice that a seller sends; none in a currency that EN 16931 has no decimals for (BR-DEC-23).

    Raises:
        Park: the tax table does not know the seller's country.
        UnknownCurrencyError: ISO 4217 has no such currency.
    """
    if decimals_of(currency) > _DECIMALS_OF_EN_16931:
        return None
    return EInvoice.FACTUR_X if jurisdiction_of_seller(seller_country).union == "EU" else EInvoice.PEPPOL


def compose(head: InvoiceHead, order: OrderFacts, seller: Seller, buyer: Buyer, tax: TaxTreatment) -> InvoiceDocument:
    """The complete invoice; all lines are taxed alike, because seller, buyer and tax point are.

    Raises:
        Park: an amount is no money, or the facts do not make a valid document; the reason names the field.
    """
    try:
        return _compose(head, order, seller, buyer, tax)
    except (MoneyError, UnknownCurrencyError) as fault:
        raise Park(f"invoice {head.number} cannot be computed: {fault}") from None
    except ValidationError as error:
        raise Park(f"invoice {head.number} cannot be composed: {'; '.join(map(str, faults(error)))}") from None


def _compose(head: InvoiceHead, order: OrderFacts, seller: Seller, buyer: Buyer, tax: TaxTreatment) -> InvoiceDocument:
    currency = order.currency
    lines = tuple(_line(item, tax, currency) for item in order.items)
    net = sum((Money(line.net, currency) for line in lines), Money.zero(currency))
    vat = net * (tax.rate / 100)
    return InvoiceDocument(
        number=head.number,
        series=head.series,
        revision=head.revision,
        issued_on=head.issued_on,
        supplied_on=head.supplied_on,
        due_on=head.due_on,
        currency=currency,
        wording=tax.wording,
        seller=seller,
        buyer=buyer,
        order_id=order.order_id,
        ccp_transaction_id=order.ccp_transaction_id,
        subscription_name=order.subscription_name,
        lines=lines,
        tax_groups=(TaxGroup(category=tax.category, rate=tax.rate, net=net.amount, vat=vat.amount),),
        totals=Totals(net=net.amount, vat=vat.amount, gross=(net + vat).amount),
        notes=(tax.note,) if tax.note else (),
        e_invoice=e_invoice_of(seller.country, currency),
    )


def _line(item: SoldItem, tax: TaxTreatment, currency: str) -> InvoiceLine:
    days, term_days = (item.proration.days, item.proration.term_days) if item.proration else (1, 1)
    return InvoiceLine(
        description=item.description,
        quantity=item.quantity,
        unit_price=item.unit_price,
        net=prorated(item.unit_price, item.quantity, days, term_days, currency).amount,
        vat_category=tax.category,
        vat_rate=tax.rate,
        period=item.period,
        proration=item.proration,
    )

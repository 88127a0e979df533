"""Composes the invoice document from what is already decided: parties, prices, tax treatment, number and dates.

Pure and total: equal facts give an equal document, so a restarted order prints the same invoice.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import ValidationError

from services.common.currencies import UnknownCurrencyError
from services.common.errors import Park
from services.common.money import Money, MoneyError
from services.common.validation import faults
from services.invoice.tax import TaxTreatment
from services.manifests.invoice_document import Buyer, InvoiceDocument, InvoiceLine, Seller, TaxGroup, Totals


@dataclass(frozen=True)
class SoldItem:
    """A quantity of one product at our sales price per piece, before tax."""

    description: str
    quantity: int
    unit_price: Decimal


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
    )


def _line(item: SoldItem, tax: TaxTreatment, currency: str) -> InvoiceLine:
    return InvoiceLine(
        description=item.description,
        quantity=item.quantity,
        unit_price=item.unit_price,
        net=Money.priced(item.unit_price, item.quantity, currency).amount,
        vat_category=tax.category,
        vat_rate=tax.rate,
    )

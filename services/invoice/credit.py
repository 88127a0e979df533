"""Composes a credit note: what of an invoice is taken back, at the invoice's own prices and tax.

Pure: nothing is decided again, neither price nor rate nor party. The amounts are differences of rounded sums: the sum
for all pieces taken back so far and now, less the sum for those of before. So no order of partial credit notes can come
to more than the invoice, and all of them together come to it exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import ValidationError

from services.common.money import Money
from services.common.validation import faults
from services.manifests.credit_note import CorrectedInvoice, CreditLine, CreditNoteDocument, remaining
from services.manifests.invoice_document import InvoiceDocument, TaxCategory, TaxGroup, Totals


class CreditRefused(Exception):
    """This cannot be taken back: the message says what and why, for the person who asked."""


@dataclass(frozen=True)
class CreditHead:
    """What the credit note alone decides: its number and series, its day in the seller's calendar, title and reason."""

    number: str
    series: str
    revision: int
    issued_on: date
    title: str
    reason: str


def credited_lines(
    invoice: InvoiceDocument, earlier: Sequence[CreditNoteDocument], quantities: Mapping[int, int]
) -> tuple[CreditLine, ...]:
    """The lines that take the quantities back, by the positions of the invoice's lines.

    Raises:
        CreditRefused: nothing is asked for, a line is not on the invoice, or it has fewer pieces left.
    """
    left = remaining(invoice, earlier)
    for position, quantity in quantities.items():
        if position not in left:
            raise CreditRefused(f"invoice {invoice.number} has no line {position}")
        if not 0 < quantity <= left[position]:
            raise CreditRefused(
                f"{quantity} of line {position} of invoice {invoice.number} cannot be credited: "
                f"{left[position]} are left"
            )
    if not quantities:
        raise CreditRefused(f"nothing of invoice {invoice.number} is left to credit")
    return tuple(_line(invoice, position, left[position], quantities[position]) for position in sorted(quantities))


def compose_credit_note(
    head: CreditHead,
    invoice: InvoiceDocument,
    earlier: Sequence[CreditNoteDocument],
    lines: Sequence[CreditLine],
) -> CreditNoteDocument:
    """The complete credit note over lines that `credited_lines` has made.

    Raises:
        CreditRefused: the facts do not make a valid document; the reason names the field.
    """
    groups = tuple(
        _group(group, earlier, lines, invoice.currency)
        for group in invoice.tax_groups
        if any((line.vat_category, line.vat_rate) == (group.category, group.rate) for line in lines)
    )
    net = sum((Money(group.net, invoice.currency) for group in groups), Money.zero(invoice.currency))
    vat = sum((Money(group.vat, invoice.currency) for group in groups), Money.zero(invoice.currency))
    try:
        return CreditNoteDocument(
            number=head.number,
            series=head.series,
            revision=head.revision,
            issued_on=head.issued_on,
            supplied_on=invoice.supplied_on,
            currency=invoice.currency,
            wording=invoice.wording.model_copy(update={"document_title": head.title}),
            seller=invoice.seller,
            buyer=invoice.buyer,
            order_id=invoice.order_id,
            ccp_transaction_id=invoice.ccp_transaction_id,
            subscription_name=invoice.subscription_name,
            lines=tuple(lines),
            tax_groups=groups,
            totals=Totals(net=net.amount, vat=vat.amount, gross=(net + vat).amount),
            notes=invoice.notes,
            corrects=CorrectedInvoice(number=invoice.number, issued_on=invoice.issued_on),
            reason=head.reason,
        )
    except ValidationError as error:
        why = "; ".join(map(str, faults(error)))
        raise CreditRefused(f"the credit note of invoice {invoice.number} cannot be composed: {why}") from None


def _line(invoice: InvoiceDocument, position: int, left: int, quantity: int) -> CreditLine:
    line = invoice.lines[position - 1]
    before = Money.priced(line.unit_price, line.quantity - left, invoice.currency)
    after = Money.priced(line.unit_price, line.quantity - left + quantity, invoice.currency)
    return CreditLine(
        position=position,
        description=line.description,
        quantity=quantity,
        unit_price=line.unit_price,
        net=(after - before).amount,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
    )


def _group(
    group: TaxGroup, earlier: Sequence[CreditNoteDocument], lines: Sequence[CreditLine], currency: str
) -> TaxGroup:
    before = sum((_net_of(note.lines, group.category, group.rate, currency) for note in earlier), Money.zero(currency))
    net = _net_of(lines, group.category, group.rate, currency)
    share = group.rate / 100
    return TaxGroup(
        category=group.category,
        rate=group.rate,
        net=net.amount,
        vat=((before + net) * share - before * share).amount,
    )


def _net_of(lines: Sequence[CreditLine], category: TaxCategory, rate: Decimal, currency: str) -> Money:
    of_group = (line.net for line in lines if (line.vat_category, line.vat_rate) == (category, rate))
    return sum((Money(net, currency) for net in of_group), Money.zero(currency))

"""Composes a credit note: what of an invoice is taken back, at the invoice's own prices and tax.

Pure: nothing is decided again, neither price nor rate nor party. The amounts are differences of rounded sums: the sum
for all pieces taken back so far and now, less the sum for those of before. So no order of partial credit notes can come
to more than the invoice, and all of them together come to it exactly, if all pieces are credited as they were charged.
Pieces may be credited for some days of their term alone: they are taken back whole, and the rest was used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pydantic import ValidationError

from services.common.money.amounts import Money
from services.common.validation import faults
from services.invoice.composition import e_invoice_of
from services.manifests.credit_note import CorrectedInvoice, CreditLine, CreditNoteDocument, remaining
from services.manifests.invoice_document import InvoiceDocument, Proration, TaxCategory, TaxGroup, Totals


class CreditRefused(Exception):
    """This cannot be taken back: the message says what and why, for the person who asked."""


@dataclass(frozen=True)
class Pieces:
    """Pieces of one line to take back, and the part of their term to credit; None: as much as they were charged for."""

    quantity: int
    proration: Proration | None = None


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
    invoice: InvoiceDocument, earlier: Sequence[CreditNoteDocument], taken: Mapping[int, Pieces]
) -> tuple[CreditLine, ...]:
    """The lines that take the pieces back, by the positions of the invoice's lines.

    Raises:
        CreditRefused: nothing is asked for, a line is not on the invoice, has fewer pieces left, or was charged for a
            smaller part of its term.
    """
    left = remaining(invoice, earlier)
    for position, pieces in taken.items():
        if position not in left:
            raise CreditRefused(f"invoice {invoice.number} has no line {position}")
        if not 0 < pieces.quantity <= left[position]:
            raise CreditRefused(
                f"{pieces.quantity} of line {position} of invoice {invoice.number} cannot be credited: "
                f"{left[position]} are left"
            )
        _check_days(invoice, position, pieces)
    if not taken:
        raise CreditRefused(f"nothing of invoice {invoice.number} is left to credit")
    return tuple(_line(invoice, earlier, position, taken[position]) for position in sorted(taken))


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
            e_invoice=e_invoice_of(invoice.seller.country, invoice.currency),
            corrects=CorrectedInvoice(number=invoice.number, issued_on=invoice.issued_on),
            reason=head.reason,
        )
    except ValidationError as error:
        why = "; ".join(map(str, faults(error)))
        raise CreditRefused(f"the credit note of invoice {invoice.number} cannot be composed: {why}") from None


def _check_days(invoice: InvoiceDocument, position: int, pieces: Pieces) -> None:
    charged = invoice.lines[position - 1].proration
    if pieces.proration and pieces.proration.share > (charged.share if charged else 1):
        credited = f"{pieces.proration.days} of {pieces.proration.term_days} days"
        paid = f"{charged.days} of {charged.term_days} days" if charged else "its full term"
        raise CreditRefused(
            f"line {position} of invoice {invoice.number} cannot be credited for {credited}: it was charged for {paid}"
        )


def _line(invoice: InvoiceDocument, earlier: Sequence[CreditNoteDocument], position: int, pieces: Pieces) -> CreditLine:
    line = invoice.lines[position - 1]
    whole = pieces.proration in (None, line.proration)
    proration = line.proration if whole else pieces.proration
    before = sum(
        (credited.value for note in earlier for credited in note.lines if credited.position == position), Fraction(0)
    )
    value = Fraction(line.unit_price) * pieces.quantity * (proration.share if proration else 1)
    net = Money.nearest(before + value, invoice.currency) - Money.nearest(before, invoice.currency)
    return CreditLine(
        position=position,
        description=line.description,
        quantity=pieces.quantity,
        unit_price=line.unit_price,
        net=net.amount,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        period=line.period if whole else None,
        proration=proration,
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

"""Reads a document into the business terms of EN 16931.

Pure, and nothing is computed that the document does not say: the sums are the printed ones.
"""

import re
from decimal import Decimal

from services.common.money.amounts import Money
from services.document.einvoice.terms import Account, Breakdown, Line, Party, Tax, Terms
from services.manifests.credit_note import CreditNoteDocument
from services.manifests.document import Document
from services.manifests.invoice_document import (
    Buyer,
    InvoiceDocument,
    InvoiceLine,
    Seller,
    TaxCategory,
    TaxGroup,
)

_SEPA_TRANSFER, _CREDIT_TRANSFER = "58", "30"
_EXEMPTIONS = {TaxCategory.REVERSE_CHARGE: "VATEX-EU-AE", TaxCategory.OUTSIDE_SCOPE: "VATEX-EU-O"}
_PREFIXES = {"GR": "EL"}
"""Where a VAT id does not begin with the country's code."""
_ADDRESS_LINES = 3


def terms_of(document: Document) -> Terms:
    """The document in business terms.

    Raises:
        MoneyError: an amount is finer than the currency.
    """
    outside = any(group.category is TaxCategory.OUTSIDE_SCOPE for group in document.tax_groups)
    note = document if isinstance(document, CreditNoteDocument) else None
    return Terms(
        number=document.number,
        type_code=document.type_code,
        issued_on=document.issued_on,
        currency=document.currency,
        due_on=document.due_on if isinstance(document, InvoiceDocument) else None,
        buyer_reference=document.subscription_name,
        order_id=document.order_id,
        payment_terms=None if note is None else "Reduces what is due, or is paid back if the invoice has been paid",
        notes=document.notes if note is None else (note.reason, *note.notes),
        corrects=note.corrects if note else None,
        seller=_seller(document.seller, outside=outside),
        buyer=_buyer(document.buyer, outside=outside),
        delivered_on=document.supplied_on,
        account=_account(document) if note is None else None,
        lines=tuple(_line(line, document.currency) for line in document.lines),
        breakdowns=tuple(_breakdown(group, document.notes) for group in document.tax_groups),
        totals=document.totals,
    )


def _seller(seller: Seller, *, outside: bool) -> Party:
    vat_id = _vat_id(seller.country, seller.vat_id)
    return Party(
        name=seller.name,
        address=_address(seller.address),
        country=seller.country,
        # Without a VAT id one of the seller's other identifiers must be there (BR-CO-26).
        identifier=vat_id if outside else None,
        vat_id=None if outside else vat_id,
        local_tax_id=vat_id if outside else None,
        legal_information=seller.registration,
        email=seller.email,
    )


def _buyer(buyer: Buyer, *, outside: bool) -> Party:
    return Party(
        name=buyer.name,
        address=_address(buyer.address),
        country=buyer.country,
        identifier=buyer.customer_number,
        vat_id=None if outside else _vat_id(buyer.country, buyer.vat_id),
        local_tax_id=None,
        legal_information=None,
        email=buyer.email,
    )


def _vat_id(country: str, written: str | None) -> str | None:
    if written is None:
        return None
    prefix = _PREFIXES.get(country, country)
    compact = re.sub(r"[\s.\-/]", "", written).upper()
    return compact if compact.startswith(prefix) else prefix + compact


def _address(lines: tuple[str, ...]) -> tuple[str, ...]:
    first, rest = lines[: _ADDRESS_LINES - 1], lines[_ADDRESS_LINES - 1 :]
    return (*first, ", ".join(rest)) if rest else first


def _account(document: Document) -> Account | None:
    bank = document.seller.bank
    if bank is None:
        return None
    sepa = bank.iban is not None and document.currency == "EUR"
    return Account(
        means=_SEPA_TRANSFER if sepa else _CREDIT_TRANSFER,
        number=bank.iban or bank.account_number or "",
        is_iban=bank.iban is not None,
        holder=document.seller.name,
        bic=bank.bic,
    )


def _line(line: InvoiceLine, currency: str) -> Line:
    full = Money.priced(line.unit_price, line.quantity, currency).amount
    part = line.proration
    return Line(
        name=line.description,
        quantity=line.quantity,
        price=line.unit_price,
        net=line.net,
        tax=_tax(line.vat_category, line.vat_rate),
        period=line.period,
        allowance=full - line.net if part and full > line.net else Decimal(0),
        allowance_reason=f"{part.days} of {part.term_days} days" if part else None,
    )


def _breakdown(group: TaxGroup, notes: tuple[str, ...]) -> Breakdown:
    code = _EXEMPTIONS.get(group.category)
    return Breakdown(
        tax=_tax(group.category, group.rate),
        base=group.net,
        amount=group.vat,
        reason=notes[0] if code and notes else None,
        reason_code=code,
    )


def _tax(category: TaxCategory, rate: Decimal) -> Tax:
    return Tax(category.value, None if category is TaxCategory.OUTSIDE_SCOPE else rate)

"""What the template of invoices and credit notes prints: every date, amount and label is text already, so that the
template only places.
"""

import re
from decimal import Decimal
from typing import Any

from services.common.money.currencies import decimals_of
from services.common.tax.countries import country_name
from services.document.wording import amount_text, long_date
from services.manifests.credit_note import CreditNoteDocument
from services.manifests.document import Document
from services.manifests.invoice_document import (
    BankAccount,
    Buyer,
    InvoiceDocument,
    InvoiceLine,
    Seller,
    TaxCategory,
    TaxGroup,
)

_SPACED_SCRIPTS = "[\u0021-\u0dff\u1e00-\u20cf]"  # Thai and Han text breaks by itself
_BREAK = "\u200b"
_WIDE, _NARROW = 20, 14
"""How many of the widest letters a column holds."""

_TREATMENTS = {
    TaxCategory.STANDARD: "Standard rate",
    TaxCategory.ZERO_RATED: "Zero-rated",
    TaxCategory.REVERSE_CHARGE: "Reverse charge",
    TaxCategory.OUTSIDE_SCOPE: "Outside scope",
}


def view_of(document: Document) -> dict[str, Any]:
    """The template's data: text, lists and dictionaries of text, nothing else.

    Raises:
        ValueError: the currency or a country is unknown, or an amount is finer than its currency.
    """
    currency = document.currency
    tax = document.wording.tax_name
    return {
        "title": document.wording.document_title,
        "number": document.number,
        "issuedOn": document.issued_on.isoformat(),
        "currency": currency,
        "taxName": tax,
        "seller": _seller(document.seller, document.wording.seller_id_label),
        "buyer": _party(document.buyer),
        "facts": _facts(document),
        "references": [
            ["Subscription", _breakable(document.subscription_name)],
            ["Order", str(document.order_id)],
            ["Transaction", str(document.ccp_transaction_id)],
            *([["Reason", _breakable(document.reason)]] if isinstance(document, CreditNoteDocument) else []),
        ],
        "lines": [_line(line, currency) for line in document.lines],
        "taxGroups": [_tax_group(group, currency) for group in document.tax_groups],
        "net": amount_text(document.totals.net, currency),
        "vat": amount_text(document.totals.vat, currency),
        "gross": amount_text(document.totals.gross, currency),
        "notes": [_breakable(note) for note in document.notes],
        **(_of_invoice(document) if isinstance(document, InvoiceDocument) else _of_credit_note(document)),
    }


def _line(line: InvoiceLine, currency: str) -> dict[str, str]:
    term = _term(line)
    return {
        "description": _breakable(line.description),
        **({"term": term} if term else {}),
        "quantity": f"{line.quantity:,d}",
        "unitPrice": _unit_price(line.unit_price, currency),
        "rate": _percent(line.vat_rate),
        "net": amount_text(line.net, currency),
    }


def _term(line: InvoiceLine) -> str:
    """For which days the line is charged or credited, and for how many of the term that the unit price is for."""
    period, part = line.period, line.proration
    parts = []
    if period:
        parts.append(f"{long_date(period.starts_on)} to {long_date(period.ends_on)}")
    if part:
        parts.append(f"{part.days} of {part.term_days} days")
    return " · ".join(parts)


def _of_invoice(invoice: InvoiceDocument) -> dict[str, Any]:
    gross = f"{invoice.currency}\u00a0{amount_text(invoice.totals.gross, invoice.currency)}"
    return {
        "recipientCaption": "Invoice to",
        "totalLabel": f"Amount due ({invoice.currency})",
        "closingTitle": "Payment",
        "closing": f"Please pay {gross} by {long_date(invoice.due_on)}, quoting {invoice.number}.",
        "bank": _bank(invoice.seller.bank),
    }


def _of_credit_note(note: CreditNoteDocument) -> dict[str, Any]:
    gross = f"{note.currency}\u00a0{amount_text(note.totals.gross, note.currency)}"
    return {
        "recipientCaption": "Credit to",
        "totalLabel": f"Amount credited ({note.currency})",
        "closingTitle": "Credit",
        "closing": f"{gross} of {note.corrects.number} is credited to you. It reduces what is due, "
        "or is paid back if the invoice has been paid.",
        "bank": [],
    }


def _facts(document: Document) -> list[list[str]]:
    facts = [
        [f"{document.wording.document_title} number", document.number],
        ["Date of issue", long_date(document.issued_on)],
        ["Date of supply", long_date(document.supplied_on)],
        *_references_to_others(document),
        ["Customer number", _breakable(document.buyer.customer_number, _NARROW)],
    ]
    if document.buyer.vat_id:
        facts.append([f"Your {document.wording.buyer_id_label}", _breakable(document.buyer.vat_id, _NARROW)])
    if isinstance(document, InvoiceDocument) and document.revision > 1:
        facts.append(["Revision", str(document.revision)])
    return facts


def _references_to_others(document: Document) -> list[list[str]]:
    if isinstance(document, InvoiceDocument):
        return [["Due date", long_date(document.due_on)]]
    return [["Corrects invoice", document.corrects.number], ["Invoice date", long_date(document.corrects.issued_on)]]


def _seller(seller: Seller, id_label: str) -> dict[str, Any]:
    legal = (seller.registration, seller.vat_id and f"{id_label} {seller.vat_id}", seller.email)
    return {**_party(seller), "legal": [_breakable(part) for part in legal if part]}


def _party(party: Seller | Buyer) -> dict[str, Any]:
    address = [_breakable(line) for line in party.address]
    return {
        "name": _breakable(party.name),
        "address": [*address, country_name(party.country)],
        "script": _han_style(party.country),
    }


def _bank(bank: BankAccount | None) -> list[list[str]]:
    if bank is None:
        return []
    account = ["IBAN", _in_fours(bank.iban)] if bank.iban else ["Account", _breakable(bank.account_number or "")]
    return [["Bank", _breakable(bank.name)], account, *([["BIC", bank.bic]] if bank.bic else [])]


def _tax_group(group: TaxGroup, currency: str) -> dict[str, str]:
    return {
        "treatment": _TREATMENTS[group.category],
        "rate": _percent(group.rate),
        "net": amount_text(group.net, currency),
        "vat": amount_text(group.vat, currency),
    }


def _han_style(country: str) -> str:
    """Which of the two national shapes of shared Han characters a reader in the country expects."""
    return "ja" if country == "JP" else "zh"


def _unit_price(price: Decimal, currency: str) -> str:
    """A unit price may be finer than the currency; it never shows fewer decimals than the currency has."""
    needed = -int(price.normalize().as_tuple().exponent)
    return f"{price:,.{max(needed, decimals_of(currency))}f}"


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f} %"


def _breakable(text: str, width: int = _WIDE) -> str:
    """The text with places to break in runs longer than its column, which would else cover the next column."""
    return re.sub(f"{_SPACED_SCRIPTS}{{{width}}}(?=.)", lambda run: run[0] + _BREAK, text)


def _in_fours(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))

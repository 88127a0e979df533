"""The business terms of EN 16931-1 that our invoices and credit notes use, whatever syntax they are written in.

Each field names its term (BT) or group (BG); the rules (BR) that shape a field are those of the standard's clause 6.4.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.manifests.credit_note import CorrectedInvoice
from services.manifests.invoice_document import ServicePeriod, Totals

PIECE = "C62"
"""The unit of all quantities (BT-130): one, of UN/ECE Recommendation 20."""
ELECTRONIC_MAIL = "EM"
"""The scheme of electronic addresses (BT-34-1, BT-49-1) in the code list EAS."""


@dataclass(frozen=True)
class Party:
    """The seller (BG-4) or the buyer (BG-7).

    Args:
        name: BT-27, BT-44.
        address: at most three lines: BT-35, 36 and 162; BT-50, 51 and 163.
        country: BT-40, BT-55.
        identifier: BT-29, BT-46.
        vat_id: BT-31, BT-48, with a prefix that tells its country (BR-CO-9); none where VAT does not apply (BR-O-2).
        local_tax_id: BT-32, the seller's id where it may not be given as its VAT id.
        legal_information: BT-33.
        email: BT-34, BT-49.
    """

    name: str
    address: tuple[str, ...]
    country: str
    identifier: str | None
    vat_id: str | None
    local_tax_id: str | None
    legal_information: str | None
    email: str | None


@dataclass(frozen=True)
class Account:
    """Where to pay (BG-17): BT-81, 84, 85 and 86."""

    means: str
    number: str
    is_iban: bool
    holder: str
    bic: str | None


@dataclass(frozen=True)
class Tax:
    """The VAT category of a line or a breakdown; `rate` is None where none may be given (BR-O-5)."""

    category: str
    rate: Decimal | None


@dataclass(frozen=True)
class Line:
    """A line (BG-25): what is not charged of the full price is an allowance (BG-27) with its reason."""

    name: str
    quantity: int
    price: Decimal
    net: Decimal
    tax: Tax
    period: ServicePeriod | None
    allowance: Decimal
    allowance_reason: str | None


@dataclass(frozen=True)
class Breakdown:
    """A VAT breakdown (BG-23) with the reason why nothing is charged (BT-120, 121), if nothing is."""

    tax: Tax
    base: Decimal
    amount: Decimal
    reason: str | None
    reason_code: str | None


@dataclass(frozen=True)
class Terms:
    """A whole invoice or credit note.

    Args:
        number: BT-1.
        type_code: BT-3, 380 or 381.
        issued_on: BT-2.
        currency: BT-5.
        due_on: BT-9, of an invoice.
        buyer_reference: BT-10, the buyer's own name of what it has subscribed to.
        order_id: BT-14, the seller's order.
        payment_terms: BT-20, of a credit note (BR-CO-25).
        notes: BT-22.
        corrects: BG-3, of a credit note.
        delivered_on: BT-72.
    """

    number: str
    type_code: int
    issued_on: date
    currency: str
    due_on: date | None
    buyer_reference: str
    order_id: UUID
    payment_terms: str | None
    notes: tuple[str, ...]
    corrects: CorrectedInvoice | None
    seller: Party
    buyer: Party
    delivered_on: date
    account: Account | None
    lines: tuple[Line, ...]
    breakdowns: tuple[Breakdown, ...]
    totals: Totals

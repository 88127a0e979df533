"""The invoice as data: what the invoice service decides and the document service prints, deciding nothing.

It travels as the `payload` of the document manifest. Amounts are decimal strings with exactly the currency's decimals,
and a document whose sums do not hold cannot be built or read: printing never adds anything up.

The rule of its sums:
- a line's net is quantity times unit price, or the share of it that falls on the days paid for, rounded half up;
- VAT is computed once per group of equal category and rate, on the sum of the group's net lines, rounded half up;
- gross is net plus VAT.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.manifests.base import Model
from services.manifests.values import (
    AddressLine,
    Amount,
    Code,
    CountryCode,
    CurrencyCode,
    Description,
    Name,
    Remark,
)

MAX_LINES = 1_000
_ARITHMETIC = Context(prec=60, rounding=ROUND_HALF_UP)
_NOTHING = Decimal(0)


class TaxCategory(StrEnum):
    """How a supply is taxed: the codes of UNCL 5305 that EN 16931 allows and that occur here."""

    STANDARD = "S"
    ZERO_RATED = "Z"
    REVERSE_CHARGE = "AE"
    OUTSIDE_SCOPE = "O"


class EInvoice(StrEnum):
    """The structured invoice that goes with the PDF. What was sent is made again by its name: none is ever changed."""

    FACTUR_X = "factur-x-en16931"
    """In the PDF, which is PDF/A-3: UN/CEFACT CII of the profile EN 16931 of Factur-X 1.0, which is ZUGFeRD 2."""
    PEPPOL = "peppol-bis-3"
    """Beside the PDF: OASIS UBL 2.1 as Peppol BIS Billing 3.0 has it."""


class BankAccount(Model):
    """Where to pay: an IBAN, or the account's number in countries without IBANs."""

    name: Name
    iban: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")] | None = None
    account_number: Code | None = None
    bic: Annotated[str, Field(pattern=r"^[A-Z0-9]{8}([A-Z0-9]{3})?$")] | None = None

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        if (self.iban is None) == (self.account_number is None):
            raise ValueError("give either the IBAN or the account number of the bank account")
        return self


class Seller(Model):
    """The legal entity that invoices."""

    name: Name
    address: Annotated[tuple[AddressLine, ...], Field(min_length=1, max_length=6)]
    country: CountryCode
    vat_id: Code | None = None
    registration: Name | None = None
    email: Name | None = None
    bank: BankAccount | None = None


class Buyer(Model):
    """The business that is invoiced."""

    name: Name
    address: Annotated[tuple[AddressLine, ...], Field(min_length=1, max_length=6)]
    country: CountryCode
    vat_id: Code | None = None
    email: Name
    customer_number: Code


class ServicePeriod(Model):
    """The days that a line pays for; both belong to it."""

    starts_on: date
    ends_on: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError(f"endsOn {self.ends_on} is before startsOn {self.starts_on}")
        return self


class Proration(Model):
    """How many days of a full term are paid for, or credited; the unit price is the full term's."""

    days: Annotated[int, Field(ge=0, le=36_600, strict=True)]
    term_days: Annotated[int, Field(ge=1, le=36_600, strict=True)]

    @model_validator(mode="after")
    def _within_the_term(self) -> Self:
        if self.days > self.term_days:
            raise ValueError(f"{self.days} days are more than the term of {self.term_days}")
        return self

    @property
    def share(self) -> Fraction:
        """The part of the full price."""
        return Fraction(self.days, self.term_days)


class InvoiceLine(Model):
    """One position; the rate is stored with it, so that a replay years later prints the rate of then."""

    description: Description
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)]
    unit_price: Amount
    net: Amount
    vat_category: TaxCategory
    vat_rate: Amount
    period: ServicePeriod | None = None
    proration: Proration | None = None

    @property
    def value(self) -> Fraction:
        """What the line comes to before it is rounded."""
        full = Fraction(self.unit_price) * self.quantity
        return full * self.proration.share if self.proration else full


class TaxGroup(Model):
    """The VAT of all lines with one category and rate; the rate is in per cent."""

    category: TaxCategory
    rate: Amount
    net: Amount
    vat: Amount


class Totals(Model):
    """What the whole invoice comes to."""

    net: Amount
    vat: Amount
    gross: Amount


class TaxWording(Model):
    """What the seller's country calls the document, the tax and its registration number."""

    document_title: Code
    tax_name: Code
    seller_id_label: Code
    buyer_id_label: Code


class TaxDocument(Model):
    """What an invoice and a credit note have in common: who, what, how it is taxed, and sums that hold."""

    rounding_slack: ClassVar[int] = 0
    """By how many of the currency's smallest units a line's net and a group's VAT may differ from their own product."""

    number: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,39}$", description="also part of the file's name")]
    series: Code
    revision: Annotated[int, Field(ge=1, le=999, strict=True, description="1 is the first issue")] = 1
    issued_on: date
    supplied_on: date
    currency: CurrencyCode
    wording: TaxWording
    seller: Seller
    buyer: Buyer
    order_id: UUID
    ccp_transaction_id: UUID
    subscription_name: Name
    lines: Annotated[tuple[InvoiceLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    tax_groups: Annotated[tuple[TaxGroup, ...], Field(min_length=1, max_length=20)]
    totals: Totals
    notes: Annotated[tuple[Remark, ...], Field(max_length=10)] = ()
    e_invoice: EInvoice | None = None

    @model_validator(mode="after")
    def _sums_hold(self) -> Self:
        _check_sums(self)
        return self


class InvoiceDocument(TaxDocument):
    """A complete, consistent invoice; 380 is its type code in UNCL 1001, as EN 16931 uses it."""

    type_code: Literal[380] = 380
    due_on: date

    @model_validator(mode="after")
    def _due_after_its_issue(self) -> Self:
        if self.due_on < self.issued_on:
            raise ValueError(f"dueOn {self.due_on} is before issuedOn {self.issued_on}")
        return self


def _check_sums(document: TaxDocument) -> None:
    unit = Decimal(1).scaleb(int(document.totals.gross.as_tuple().exponent))
    slack = unit * document.rounding_slack
    groups: dict[tuple[TaxCategory, Decimal], Decimal] = {}
    for position, line in enumerate(document.lines, start=1):
        _require(line.net, _rounded(line.value, unit), unit, f"net of line {position}", slack)
        key = (line.vat_category, line.vat_rate)
        groups[key] = groups.get(key, Decimal(0)) + line.net
    stated = {(group.category, group.rate): group for group in document.tax_groups}
    if len(stated) != len(document.tax_groups) or stated.keys() != groups.keys():
        raise ValueError("taxGroups must name each category and rate of the lines exactly once")
    for key, net in groups.items():
        group = stated[key]
        _require(group.net, net, unit, f"net of tax group {group.category} {group.rate} %")
        vat = _ARITHMETIC.multiply(net, group.rate).scaleb(-2).quantize(unit, context=_ARITHMETIC)
        _require(group.vat, vat, unit, f"VAT of tax group {group.category} {group.rate} %", slack)
        if (group.category is TaxCategory.STANDARD) != (group.rate > 0):
            raise ValueError(f"category {group.category} does not go with a rate of {group.rate} %")
    totals = document.totals
    _require(totals.net, sum((group.net for group in document.tax_groups), Decimal(0)), unit, "total net")
    _require(totals.vat, sum((group.vat for group in document.tax_groups), Decimal(0)), unit, "total VAT")
    _require(totals.gross, totals.net + totals.vat, unit, "total gross")


def _rounded(value: Fraction, unit: Decimal) -> Decimal:
    return _ARITHMETIC.multiply(Decimal(int(value / Fraction(unit) + Fraction(1, 2))), unit)


def _require(stated: Decimal, expected: Decimal, unit: Decimal, what: str, slack: Decimal = _NOTHING) -> None:
    if abs(stated - expected) > slack or stated.as_tuple().exponent != unit.as_tuple().exponent:
        raise ValueError(f"{what} is {stated:f} but must be {expected.quantize(unit, context=_ARITHMETIC):f}")

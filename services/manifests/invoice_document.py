"""The invoice as data: what the invoice service decides and the document service prints, deciding nothing.

It travels as the `payload` of the document manifest. Amounts are decimal strings with exactly the currency's decimals,
and a document whose sums do not hold cannot be built or read: printing never adds anything up.

The rule of its sums:
- a line's net is quantity times unit price, rounded half up;
- VAT is computed once per group of equal category and rate, on the sum of the group's net lines, rounded half up;
- gross is net plus VAT.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
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


class InvoiceLine(Model):
    """One position; the rate is stored with it, so that a replay years later prints the rate of then."""

    description: Description
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)]
    unit_price: Amount
    net: Amount
    vat_category: TaxCategory
    vat_rate: Amount


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
        expected = _ARITHMETIC.multiply(line.unit_price, Decimal(line.quantity)).quantize(unit, context=_ARITHMETIC)
        _require(line.net, expected, unit, f"net of line {position}", slack)
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


def _require(stated: Decimal, expected: Decimal, unit: Decimal, what: str, slack: Decimal = _NOTHING) -> None:
    if abs(stated - expected) > slack or stated.as_tuple().exponent != unit.as_tuple().exponent:
        raise ValueError(f"{what} is {stated:f} but must be {expected.quantize(unit, context=_ARITHMETIC):f}")

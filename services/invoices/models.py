"""What Invoice Lookup is asked and what it answers."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.common.api.models import Amount, Answer, Currency, Day, Id, Input, ListQuery, Moment
from services.common.mail.states import MailState
from services.manifests.invoice_document import TaxCategory

Month = Annotated[str, StringConstraints(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$")]
"""A month of the calendar, as `2026-11`."""
Format = Literal["pdf", "xml"]


class DocumentKind(StrEnum):
    """What a document is; the amounts of both are positive, and a credit note's are a deduction."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"


class InvoicesQuery(ListQuery):
    """Which documents; every member that is given narrows the choice."""

    kind: DocumentKind | None = None
    from_: Annotated[Day | None, Field(alias="from", description="issued on that day or later")] = None
    to: Annotated[Day | None, Field(description="issued on that day or earlier")] = None
    subscription_id: Id | None = None
    order_id: Id | None = None
    invoice_number: Annotated[str | None, Field(min_length=1, max_length=40)] = None


class TotalsQuery(Input):
    """Which months, both included; without them the last twelve."""

    from_: Annotated[Month | None, Field(alias="from", examples=["2026-01"])] = None
    to: Annotated[Month | None, Field(examples=["2026-12"])] = None


class DocumentQuery(Input):
    """In which form: the printed document, or the structured e-invoice that some countries have beside it."""

    format: Format = "pdf"


class InvoiceAnswer(Answer):
    """An invoice or a credit note in short; `correctsId` is the invoice that a credit note takes back."""

    id: Id
    customer_id: Id
    kind: DocumentKind
    invoice_number: str
    generated_at: Moment
    issued_on: date
    due_on: date | None
    order_id: Id
    subscription_id: Id
    subscription_item_id: Id
    corrects_id: Id | None
    currency: Currency
    net: Amount
    vat_amount: Amount
    amount: Annotated[Amount, Field(description="with VAT: what is to pay, or is taken back")]
    formats: Annotated[tuple[Format, ...], Field(description="in which forms its document can be had by now")]


class InvoicesAnswer(Answer):
    """A page of documents, the newest first."""

    invoices: tuple[InvoiceAnswer, ...]
    next: str | None


class InvoiceLineAnswer(Answer):
    """One position as it was printed; `salesPrice` is of one piece and may be finer than the currency."""

    position: int
    sales_product_id: Id
    description: str
    quantity: int
    sales_price: Amount
    net: Amount
    vat: Annotated[Amount, Field(description="the rate in per cent")]
    vat_category: TaxCategory
    period_from: date | None
    period_to: date | None


class InvoiceMailAnswer(Answer):
    """One mail of the document; the first has number 1, those that were sent again count on."""

    number: int
    state: MailState
    at: Annotated[Moment, Field(description="when it came to this state")]


class InvoiceDetailAnswer(InvoiceAnswer):
    """An invoice or a credit note with all that belongs to it."""

    lines: tuple[InvoiceLineAnswer, ...]
    credit_notes: tuple[InvoiceAnswer, ...]
    mails: tuple[InvoiceMailAnswer, ...]


class MonthTotalAnswer(Answer):
    """What was invoiced in a month in one currency, less what was credited in it."""

    month: Month
    currency: Currency
    invoices: int
    credit_notes: int
    net: Amount
    vat_amount: Amount
    amount: Amount


class TotalsAnswer(Answer):
    """The months in which something was invoiced or credited, the newest first."""

    totals: tuple[MonthTotalAnswer, ...]


class DocumentLinkAnswer(Answer):
    """Where the document can be fetched, by anybody who has the link and for a short time."""

    url: str
    expires_at: Moment
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    content_type: str


class InvoiceResentAnswer(Answer):
    """The mail that is on its way; its title ends with its number."""

    invoice_id: Id
    number: int

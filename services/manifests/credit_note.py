"""The credit note as data: what takes a numbered invoice back, whole or in part, since an invoice is never changed.

Its type code 381 (UNCL 1001, as EN 16931 uses it) is what makes it a deduction: all its amounts are positive. The
amounts of the first, second and every further credit note of an invoice are differences of rounded sums, so that all of
them together come to the invoice to the last cent. One alone may therefore be a cent away from its own product.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from services.manifests.base import Model
from services.manifests.invoice_document import InvoiceDocument, InvoiceLine, TaxDocument
from services.manifests.values import Remark


class CorrectedInvoice(Model):
    """The invoice that a credit note takes back, as the note refers to it."""

    number: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,39}$")]
    issued_on: date


class CreditLine(InvoiceLine):
    """The pieces taken back of one line; `position` counts the corrected invoice's lines from 1."""

    position: Annotated[int, Field(ge=1, strict=True)]


class CreditNoteDocument(TaxDocument):
    """A complete, consistent credit note."""

    rounding_slack: ClassVar[int] = 1

    type_code: Literal[381] = 381
    corrects: CorrectedInvoice
    reason: Remark
    lines: Annotated[tuple[CreditLine, ...], Field(min_length=1, max_length=1_000)]

    @model_validator(mode="after")
    def _after_its_invoice(self) -> Self:
        if self.issued_on < self.corrects.issued_on:
            raise ValueError(f"issuedOn {self.issued_on} is before the corrected invoice's {self.corrects.issued_on}")
        return self


def remaining(invoice: InvoiceDocument, notes: Sequence[CreditNoteDocument]) -> dict[int, int]:
    """The pieces of each line, by its position from 1, that none of its credit notes has taken back yet."""
    left = {position: line.quantity for position, line in enumerate(invoice.lines, start=1)}
    for note in notes:
        for line in note.lines:
            left[line.position] -= line.quantity
    return left

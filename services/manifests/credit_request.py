"""The credit request payload: what of an invoice is to be taken back, handed to the invoice service.

Whoever takes licences back writes it in the transaction of that effect: the credit note then follows as surely as the
invoice follows the order.
"""

from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.manifests.base import Manifest, Metadata, Model, current
from services.manifests.invoice_document import Proration
from services.manifests.values import Remark
from services.manifests.versions import PayloadType


class CreditedQuantity(Model):
    """Pieces to take back of one line; `position` counts the invoice's lines from 1.

    With `days` and `term_days` their price is credited for so many days of the full term, and what remains of it stays
    with the customer as used: the pieces are taken back all the same. Without, they are credited as they were charged.
    """

    position: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)]
    days: Annotated[int, Field(ge=0, le=36_600, strict=True)] | None = None
    term_days: Annotated[int, Field(ge=1, le=36_600, strict=True)] | None = None

    @model_validator(mode="after")
    def _days_of_a_term(self) -> Self:
        if (self.days is None) != (self.term_days is None):
            raise ValueError("give both days and termDays, or neither")
        if self.days is not None and self.term_days is not None and self.days > self.term_days:
            raise ValueError(f"{self.days} days are more than the term of {self.term_days}")
        return self

    @property
    def proration(self) -> Proration | None:
        """The part of the term that is credited, if only a part is."""
        if self.days is None or self.term_days is None:
            return None
        return Proration(days=self.days, term_days=self.term_days)


class CreditRequestManifest(Manifest):
    """A credit note to be issued; without quantities it takes back all that is left of the invoice.

    The request's id is its author's own: the same id again gives the same credit note. The reason is printed.
    """

    kind: ClassVar[PayloadType] = PayloadType.CREDIT_REQUEST

    request_id: UUID
    invoice_number: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{0,39}$")]
    quantities: Annotated[tuple[CreditedQuantity, ...], Field(max_length=1_000)] = ()
    reason: Remark
    metadata: Metadata = current(PayloadType.CREDIT_REQUEST)

"""The credit request payload: what of an invoice is to be taken back, handed to the invoice service.

Whoever takes licences back writes it in the transaction of that effect: the credit note then follows as surely as the
invoice follows the order.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from services.manifests.base import Manifest, Metadata, Model, current
from services.manifests.values import Remark
from services.manifests.versions import PayloadType


class CreditedQuantity(Model):
    """Pieces to take back of one line; `position` counts the invoice's lines from 1."""

    position: Annotated[int, Field(ge=1, le=1_000, strict=True)]
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)]


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

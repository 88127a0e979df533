"""What a customer of the provider sends, and the border where it is checked."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from local.ccp.wire import Wire

MAXIMUM_AMOUNT = 10_000
"""Items in one order. More is refused, not split."""


class Order(Wire):
    """The body of `POST /create-order`."""

    service_id: UUID
    amount: Annotated[int, Field(ge=1, le=MAXIMUM_AMOUNT)]
    subscription_id: UUID
    customer_id: UUID

    @property
    def canonical(self) -> str:
        """The same text for the same order, however its JSON was laid out."""
        return self.model_dump_json()


class Claim(Wire):
    """How the customer names the order: the `Idempotency-Key` and `Client-Reference` headers, both optional."""

    key: Annotated[str | None, Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")] = None
    reference: Annotated[str | None, Field(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")] = None

"""What a customer of the provider sends, and the border where it is checked."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from local.ccp.wire import Wire

MAXIMUM_AMOUNT = 10_000
"""Items in one order, licences in one change. More is refused, not split."""


def _different(ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
    if len(set(ids)) < len(ids):
        raise ValueError("a licence stands twice in the list")
    return ids


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


class LicenceRequest(Wire):
    """What every change of licences names: some of one service in one subscription of a customer."""

    customer_id: UUID
    subscription_id: UUID
    service_id: UUID
    license_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MAXIMUM_AMOUNT), AfterValidator(_different)]

    @property
    def canonical(self) -> str:
        """The same text for the same request, however its JSON was laid out."""
        return self.model_dump_json()


class Return(LicenceRequest):
    """The body of `POST /return-licenses`."""


class Extension(LicenceRequest):
    """The body of `POST /extend-licenses`: their last day becomes `validTo`, unless they run longer already."""

    valid_to: date


class Claim(Wire):
    """How the customer names a call: the `Idempotency-Key` and `Client-Reference` headers, both optional."""

    key: Annotated[str | None, Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")] = None
    reference: Annotated[str | None, Field(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")] = None

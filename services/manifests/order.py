"""The order payload: what the CCP answered, handed from the order service to the invoice service."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, field_validator

from services.manifests.base import Metadata, Model, PayloadType, check_kind, current
from services.manifests.values import Amount


class LicenseKey(Model):
    """One licence that the CCP has issued."""

    id: UUID
    key: str = Field(min_length=1, max_length=200)


class OrderManifest(Model):
    """A sale at the CCP; prices are our purchase prices."""

    transaction_id: UUID
    ccp_service_item_id: UUID
    amount: int = Field(ge=1)
    price_per_item: Amount
    total_price: Amount
    discount: int = Field(ge=0, le=100)
    license_keys: tuple[LicenseKey, ...]
    timestamp: datetime
    metadata: Metadata = current(PayloadType.ORDER)

    @field_validator("metadata")
    @classmethod
    def _of_this_kind(cls, metadata: Metadata) -> Metadata:
        return check_kind(metadata, PayloadType.ORDER)

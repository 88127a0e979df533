"""The order payload: what the CCP answered, handed from the order service to the invoice service."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.manifests.base import Manifest, Metadata, current
from services.manifests.values import Amount
from services.manifests.versions import PayloadType


class OrderManifest(Manifest):
    """A sale at the CCP; prices are our purchase prices. Licences go by their ids: a key is a secret of its owner."""

    kind: ClassVar[PayloadType] = PayloadType.ORDER

    transaction_id: UUID
    ccp_service_item_id: UUID
    amount: int = Field(ge=1)
    price_per_item: Amount
    total_price: Amount
    discount: int = Field(ge=0, le=100)
    license_ids: tuple[UUID, ...]
    timestamp: datetime
    metadata: Metadata = current(PayloadType.ORDER)

"""The id of a purchase follows from its request: what was forgotten gets the same id when it is asked for again.

The id is the idempotency key and the reference at the CCP, which outlives the loss of a region. So a customer who
repeats a request whose order was lost gets the sale of then, and not a second one. It also says that the order is a
purchase, and no change of licences: those have random ids, of version 4.
"""

from typing import Final
from uuid import UUID, uuid4, uuid5

from services.common.api.idempotency import Claim

_NAMESPACE: Final = UUID("6f1d0c4e-35a1-4d0b-9d5c-3a7c0f0e7b55")
_VERSION: Final = 5


def purchase_id(claim: Claim | None) -> UUID:
    """The id of the order that the request makes; without a key each request is one of its own."""
    if claim is None:
        return uuid5(_NAMESPACE, str(uuid4()))
    return uuid5(_NAMESPACE, f"{claim.customer} {claim.fingerprint} {claim.key.value}")


def is_purchase(order_id: UUID) -> bool:
    """Whether the id was given by `purchase_id`."""
    return order_id.version == _VERSION

"""What a sale in the CCP's ledger means beside the order that it names, and what is done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.common.orders import State
from services.order.model import RecordedSale


class Kind(StrEnum):
    """How a sale stands to our orders."""

    MATCHED = "MATCHED"
    """It is its order's sale."""

    UNSETTLED = "UNSETTLED"
    """Its order is still reserved: the reconciler will find the sale."""

    PARKED = "PARKED"
    """Its order waits for a person, and so does the sale."""

    ORPHAN = "ORPHAN"
    """It names no order of ours. A customer may hold its licences (an order lost with a region): a person decides."""

    REFUSED = "REFUSED"
    """Its customer was told that there is no sale, for good."""

    DOUBLE = "DOUBLE"
    """Its order has another sale."""

    LOST = "LOST"
    """It is its order's sale, and the CCP has cancelled it or does not have it any more: a person decides."""


CANCELLED_BY_RULE = frozenset({Kind.REFUSED, Kind.DOUBLE})
"""Nobody holds these: they were never answered to a customer, and their orders can never take them."""

_WITHOUT_A_SALE = {
    State.RESERVED: Kind.UNSETTLED,
    State.REJECTED: Kind.REFUSED,
    State.CANCELLED: Kind.REFUSED,
}
"""What a sale is to an order that has none; to any other one that it waits for a person, like its order."""

ALARMING = frozenset(Kind) - {Kind.MATCHED, Kind.UNSETTLED}


@dataclass(frozen=True)
class Order:
    """What of an order matters here."""

    state: State
    transaction_id: UUID | None


def judge(transaction_id: UUID, order: Order | None) -> Kind:
    """How a live sale stands to the order that it names."""
    if order is None:
        return Kind.ORPHAN
    if order.transaction_id is not None:
        return Kind.MATCHED if order.transaction_id == transaction_id else Kind.DOUBLE
    return _WITHOUT_A_SALE.get(order.state, Kind.PARKED)


def loss_of(transaction_id: UUID, sales: Iterable[RecordedSale]) -> str | None:
    """What became of a confirmed order's sale, given what the CCP has under the order; None if it still stands."""
    found = [sale for sale in sales if sale.transaction_id == transaction_id]
    if not found:
        return "the CCP does not have the sale any more"
    return None if found[0].cancelled_at is None else "the CCP has cancelled the sale"

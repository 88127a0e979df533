"""What a run or an operator has changed of the catalogue, told for people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What has become of a product."""

    ADDED = "ADDED"
    DESCRIBED = "DESCRIBED"
    PURCHASE_PRICE = "PURCHASE_PRICE"
    SALES_PRICE = "SALES_PRICE"
    WITHDRAWN = "WITHDRAWN"
    RETURNED = "RETURNED"
    HELD_BACK = "HELD_BACK"


@dataclass(frozen=True)
class Change:
    """One change of one product; `was` and `now` are the price with its currency, or the name."""

    product_id: UUID
    name: str
    kind: Kind
    was: str | None = None
    now: str | None = None


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many of each kind; those that did not occur are left out."""
    return {kind.value: count for kind, count in sorted(Counter(change.kind for change in changes).items())}

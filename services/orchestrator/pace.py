"""A pace that holds from one request to the next, as long as each goes on with the `next` of the one before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from services.orchestrator.cursors import BatchCursor, RedriveCursor

LONGEST_SECONDS = 7 * 86_400
"""No hand-over is put off for longer, whatever a cursor says."""


@dataclass(frozen=True)
class Pace:
    """When the orders of a request are handed over.

    Attributes:
        first_seconds: until the first order's hand-over.
        spacing_seconds: between one order's hand-over and the next one's.
    """

    first_seconds: float = 0
    spacing_seconds: float = 0

    @classmethod
    def after(cls, cursor: BatchCursor | RedriveCursor | None, now: datetime, spacing_seconds: float) -> Self:
        """The pace of a request that goes on from the cursor."""
        return cls(first_seconds(cursor, now), spacing_seconds)

    def seconds(self, orders: int) -> float:
        """When the next order's hand-over may be, after so many."""
        return self.first_seconds + orders * self.spacing_seconds


AT_ONCE = Pace()


def first_seconds(cursor: BatchCursor | RedriveCursor | None, now: datetime) -> float:
    """How long the first hand-over of this request has to wait for those of the requests before it."""
    if cursor is None:
        return 0.0
    return min(max(0.0, (cursor.paced_until - now).total_seconds()), LONGEST_SECONDS)

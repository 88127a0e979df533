"""A pace that holds from one request to the next, as long as each goes on with the `next` of the one before."""

from datetime import datetime

from services.orchestrator.cursors import BatchCursor, RedriveCursor

LONGEST_SECONDS = 7 * 86_400
"""No hand-over is put off for longer, whatever a cursor says."""


def first_seconds(cursor: BatchCursor | RedriveCursor | None, now: datetime) -> float:
    """How long the first hand-over of this request has to wait for those of the requests before it."""
    if cursor is None:
        return 0.0
    return min(max(0.0, (cursor.paced_until - now).total_seconds()), LONGEST_SECONDS)

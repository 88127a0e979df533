"""Lists page by page: the cursor names the last row of a page, so that rows which come and go shift nothing."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from services.common.errors import InvalidRequest

Row = TypeVar("Row")


class Place(BaseModel):
    """Where a page ends, by what its list is ordered by; lists with an order of their own have their own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def encode(self) -> str:
        """The text that `decode` reads; its form is nobody's business."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()

    @classmethod
    def decode(cls, text: str | None) -> Self | None:
        """The place in the text, or None for the first page.

        Raises:
            InvalidRequest: it is none that we gave.
        """
        if text is None:
            return None
        try:
            return cls.model_validate_json(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True))
        except (ValueError, ValidationError):
            errors = [{"field": "cursor", "message": "is not the 'next' of an earlier page"}]
            raise InvalidRequest("see 'errors' for each field", errors=errors) from None


class Cursor(Place):
    """The last row of a page, by what most lists are ordered by."""

    at: AwareDatetime
    id: UUID

    @staticmethod
    def values(cursor: "Cursor | None") -> dict[str, Any]:
        """The bound values `at` and `id` of a statement that goes on after the cursor; null on the first page."""
        return {"at": cursor.at if cursor else None, "id": cursor.id if cursor else None}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the cursor of the one after it if there is one."""

    rows: Sequence[Row]
    next: str | None

    @classmethod
    def cut(cls, rows: Sequence[Row], limit: int, place: Callable[[Row], tuple[datetime, UUID]]) -> "Page[Row]":
        """The page from `limit + 1` rows that were asked for; `place` tells a row's time and id."""
        shown = rows[:limit]
        if len(rows) <= limit:
            return cls(shown, None)
        at, row_id = place(shown[-1])
        return cls(shown, Cursor(at=at, id=row_id).encode())

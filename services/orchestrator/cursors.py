"""Where an operator's next request goes on: opaque texts in the interface, refused unless they are ours."""

import base64
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

MAX_CURSOR = 512
GIVEN = WithJsonSchema({"type": "string", "maxLength": MAX_CURSOR, "description": "the `next` of the answer before"})
"""What a cursor is to a client."""


class _Cursor(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def encode(self) -> str:
        """The text that `decode` reads."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()

    @classmethod
    def decode(cls, text: object) -> Self:
        """The cursor in the text.

        Raises:
            ValueError: it is none that we gave.
        """
        if isinstance(text, cls):
            return text
        try:
            if len(str(text)) > MAX_CURSOR:
                raise ValueError("too long")  # noqa: TRY301 - one refusal for every fault
            return cls.model_validate_json(base64.b64decode(str(text).encode("ascii"), altchars=b"-_", validate=True))
        except (ValueError, ValidationError):
            raise ValueError("not the 'next' of an earlier answer") from None


class OrderCursor(_Cursor):
    """The last order of a page."""

    at: AwareDatetime
    id: UUID


class BatchCursor(_Cursor):
    """The last order of a bulk restart.

    Attributes:
        paced_until: when the next order's hand-over may be, so that the pace holds from request to request.
    """

    at: AwareDatetime
    id: UUID
    paced_until: AwareDatetime


class PayloadCursor(_Cursor):
    """The last object of a page of those that expire."""

    at: AwareDatetime
    path: Annotated[str, Field(pattern="^[0-9a-z./-]+$")]


class RedriveCursor(_Cursor):
    """When the next redriven order's hand-over may be."""

    paced_until: AwareDatetime

"""What operators send: bodies and query parameters, refused with each fault when they are anything else."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from services.common.borders import validated
from services.common.orders import State
from services.common.strict_json import loads
from services.orchestrator.stages import Stage

MAX_ORDERS = 100
"""Orders in one page, and in one bulk operation: its S3 checks still fit into the API Gateway's 29 s."""
MAX_PER_MINUTE = 6_000
MAX_AGE_SECONDS = 10 * 366 * 86_400

Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
Limit = Annotated[int, Field(ge=1, le=MAX_ORDERS)]


class _Border(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The command in a request's body.

        Raises:
            MalformedBody: the body is not JSON.
            InvalidRequest: a field is missing, unknown or out of range; all faults are listed.
        """
        return validated(cls, loads(body))

    @classmethod
    def query(cls, parameters: Mapping[str, str]) -> Self:
        """The question in a request's query parameters.

        Raises:
            InvalidRequest: a parameter is unknown or out of range; all faults are listed.
        """
        return validated(cls, dict(parameters))


class Command(_Border):
    """A write: a dry run unless it says otherwise, and then with a reason."""

    reason: Text | None = None
    dry_run: Annotated[bool, Field(strict=True)] = True

    @model_validator(mode="after")
    def _real_runs_have_a_reason(self) -> Self:
        if not self.dry_run and self.reason is None:
            raise ValueError("a run that is not dry needs a reason")
        return self


class Restart(Command):
    """One order, from one stage; without a stage from the one that it waits at."""

    stage: Stage | None = None


class Extend(Command):
    """The life of one payload in S3."""


class Filter(_Border):
    """Which orders; every member that is given narrows the choice.

    Attributes:
        reason: a part of the reason for which the order was parked or rejected, in any case.
        min_age_seconds: ordered at least that long ago.
    """

    state: State | None = None
    customer: UUID | None = None
    reason: Text | None = None
    min_age_seconds: int | None = Field(default=None, ge=0, le=MAX_AGE_SECONDS)


class Paced(Command):
    """A write on many orders: at most `limit` now, handed over at no more than `per_minute`."""

    limit: Limit = MAX_ORDERS
    per_minute: int = Field(default=600, ge=1, le=MAX_PER_MINUTE)


class BulkRestart(Paced):
    """Every order of the filter, the oldest first."""

    filter: Filter
    stage: Stage | None = None


class Redrive(Paced):
    """The messages of a dead-letter queue."""


class Cursor(_Border):
    """The last order of a page, as an opaque text in the interface."""

    at: datetime
    id: UUID

    def encode(self) -> str:
        """The text that `decode` reads."""
        return base64.urlsafe_b64encode(self.model_dump_json(by_alias=True).encode()).decode()

    @classmethod
    def decode(cls, text: object) -> object:
        """The cursor in the text.

        Raises:
            ValueError: it is none that we gave.
        """
        try:
            return cls.model_validate_json(base64.urlsafe_b64decode(str(text)))
        except (binascii.Error, ValidationError):
            raise ValueError("not a cursor of an earlier page") from None


class OrdersQuery(Filter):
    """`GET /operations/orders`."""

    limit: Limit = 50
    cursor: Annotated[Cursor, BeforeValidator(Cursor.decode)] | None = None


class ExpiringQuery(_Border):
    """`GET /operations/payloads/expiring`."""

    days: int = Field(default=7, ge=0, le=30)

"""What operators send: bodies and query parameters, refused with each fault when they are anything else."""

import unicodedata
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from werkzeug.datastructures import MultiDict

from services.common.borders import validated
from services.common.errors import InvalidRequest
from services.common.orders import State
from services.common.strict_json import loads
from services.manifests.credit_request import CreditedQuantity
from services.manifests.values import Remark
from services.orchestrator.cursors import BatchCursor, OrderCursor, PayloadCursor, RedriveCursor
from services.orchestrator.stages import Stage

MAX_ORDERS = 100
"""Orders in one page, and in one bulk operation."""
MAX_LETTERS = 100
"""Messages of a dead-letter queue in one operation."""
MAX_PER_MINUTE = 6_000
MAX_AGE_SECONDS = 10 * 366 * 86_400


def _readable(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in text):
        raise ValueError("one line of text without invisible characters is needed")
    if not any(character.isalnum() for character in text):
        raise ValueError("a text with at least one letter or digit is needed")
    return text


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a text of printable characters is needed")
    return text


Reason = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_readable)]
"""Why an operator acts, in words that others can read in the audit."""
Part = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_printable)]
Limit = Annotated[int, Field(ge=1, le=MAX_ORDERS)]
MessageId = Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,100}$")]
DocumentNumber = Annotated[str, Field(pattern="^[0-9A-Z-]{1,50}$")]


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
    def query(cls, parameters: MultiDict[str, str]) -> Self:
        """The question in a request's query parameters.

        Raises:
            InvalidRequest: a parameter is unknown, stands twice or is out of range; all faults are listed.
        """
        if twice := [name for name, values in parameters.lists() if len(values) > 1]:
            errors = [{"field": name, "message": "stands more than once"} for name in twice]
            raise InvalidRequest("see 'errors' for each field", errors=errors)
        return validated(cls, parameters.to_dict())


class Command(_Border):
    """A write: a dry run unless it says otherwise, and then with a reason."""

    reason: Reason | None = None
    dry_run: Annotated[bool, Field(strict=True)] = True

    @model_validator(mode="after")
    def _real_runs_have_a_reason(self) -> Self:
        if not self.dry_run and self.reason is None:
            raise ValueError("a run that is not dry needs a reason")
        return self


class Restart(Command):
    """One order, from one stage; without a stage from the one that it waits at."""

    stage: Stage | None = None


class Resend(Command):
    """A document's mail once more; without a number that of the order's invoice."""

    document: DocumentNumber | None = None


class Credit(Command):
    """A credit note of an invoice, over the given pieces of its lines or over all that is left.

    Attributes:
        printed_reason: what the customer reads; `reason` is for the audit.
        quantities: the lines that are credited, each at most once.
    """

    invoice: DocumentNumber
    printed_reason: Remark
    quantities: Annotated[tuple[CreditedQuantity, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        if len({line.position for line in self.quantities}) != len(self.quantities):
            raise ValueError("a line stands twice in the quantities")
        return self


class Extend(Command):
    """The life of one payload in S3."""


class Filter(_Border):
    """Which orders; every member that is given narrows the choice.

    Attributes:
        stage: the stage that an unfinished order waits at.
        reason: a part of the reason for which the order was parked or rejected, in any case.
        min_age_seconds: ordered at least that long ago.
    """

    state: State | None = None
    stage: Stage | None = None
    customer: UUID | None = None
    reason: Part | None = None
    min_age_seconds: int | None = Field(default=None, ge=0, le=MAX_AGE_SECONDS)


class Paced(Command):
    """A write on many orders: at most `limit` now, handed over at no more than `per_minute`."""

    limit: int = Field(default=MAX_ORDERS, ge=1, le=MAX_ORDERS, strict=True)
    per_minute: int = Field(default=600, ge=1, le=MAX_PER_MINUTE, strict=True)

    @property
    def spacing_seconds(self) -> float:
        """Between one order's hand-over and the next one's."""
        return 60 / self.per_minute


class BulkRestart(Paced):
    """Every order of the filter, the oldest first; `cursor` is the `next` of the answer before."""

    filter: Filter
    stage: Stage | None = None
    cursor: Annotated[BatchCursor, BeforeValidator(BatchCursor.decode)] | None = None


class Redrive(Paced):
    """The messages of a dead-letter queue; `cursor` is the `next` of the answer before."""

    cursor: Annotated[RedriveCursor, BeforeValidator(RedriveCursor.decode)] | None = None


class Discard(Command):
    """Messages of a dead-letter queue that nobody needs any more."""

    messages: Annotated[frozenset[MessageId], Field(min_length=1, max_length=MAX_LETTERS)]


class OrdersQuery(Filter):
    """`GET /operations/orders`."""

    limit: Limit = 50
    cursor: Annotated[OrderCursor, BeforeValidator(OrderCursor.decode)] | None = None


class ExpiringQuery(_Border):
    """`GET /operations/payloads/expiring`; `finished` shows finished orders' objects too."""

    days: int = Field(default=7, ge=0, le=30)
    finished: bool = False
    limit: Limit = MAX_ORDERS
    cursor: Annotated[PayloadCursor, BeforeValidator(PayloadCursor.decode)] | None = None

"""What operators want done: the bodies of their writes."""

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from services.common.api import Input
from services.manifests.credit_request import CreditedQuantity
from services.manifests.values import Remark
from services.orchestrator.border import MAX_ORDERS, DocumentNumber, MessageId, Reason
from services.orchestrator.cursors import GIVEN, BatchCursor, RedriveCursor
from services.orchestrator.queries import Filter
from services.orchestrator.stages import Stage

MAX_LETTERS = 100
"""Messages of a dead-letter queue in one operation."""
MAX_PER_MINUTE = 6_000


def _in_order(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, and in the same order everywhere: a set's order differs between processes, and so would the
    fingerprint of the request.
    """
    return tuple(sorted(set(ids)))


class Command(Input):
    """A write: a dry run unless it says otherwise, and then with a reason."""

    reason: Reason | None = None
    dry_run: bool = True

    @model_validator(mode="after")
    def _real_runs_have_a_reason(self) -> Self:
        if not self.dry_run and self.reason is None:
            raise ValueError("a run that is not dry needs a reason")
        return self


class Restart(Command):
    """One order, from one stage; without a stage from the one that it waits at."""

    stage: Stage | None = None


class RestartChange(Command):
    """One change of licences."""


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


class Paced(Command):
    """A write on many orders: at most `limit` now, handed over at no more than `per_minute`."""

    limit: int = Field(default=MAX_ORDERS, ge=1, le=MAX_ORDERS)
    per_minute: int = Field(default=600, ge=1, le=MAX_PER_MINUTE)

    @property
    def spacing_seconds(self) -> float:
        """Between one order's hand-over and the next one's."""
        return 60 / self.per_minute


class BulkRestart(Paced):
    """Every order of the filter, the oldest first; `cursor` is the `next` of the answer before."""

    filter: Filter
    stage: Stage | None = None
    cursor: Annotated[BatchCursor, BeforeValidator(BatchCursor.decode), GIVEN] | None = None


class Redrive(Paced):
    """The messages of a dead-letter queue; `cursor` is the `next` of the answer before."""

    cursor: Annotated[RedriveCursor, BeforeValidator(RedriveCursor.decode), GIVEN] | None = None


class Discard(Command):
    """Messages of a dead-letter queue that nobody needs any more."""

    messages: Annotated[tuple[MessageId, ...], Field(min_length=1, max_length=MAX_LETTERS), AfterValidator(_in_order)]

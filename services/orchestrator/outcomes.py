"""What came of an operator's write, or in a dry run would come of it."""

from uuid import UUID

from services.common.api.models import Answer
from services.common.orders import State
from services.orchestrator.plans import Effect
from services.orchestrator.stages import Stage
from services.orchestrator.views import DeadLetter


class PayloadDelivery(Answer):
    """A payload that is handed over again, and in how many seconds."""

    path: str
    delay_seconds: float


class RestartOutcome(Answer):
    """What a restart does to one order.

    Attributes:
        effect: `restart` goes on with what is not done, `replay` repeats what is, `none` has nothing to do.
        state: the one that a parked order goes back to.
        rebuilt: payloads that S3 had lost, written again from the database.
    """

    order_id: UUID
    effect: Effect
    stage: Stage | None
    detail: str
    state: State | None
    payloads: tuple[PayloadDelivery, ...]
    rebuilt: tuple[str, ...]


class RestartAnswer(RestartOutcome):
    """What the restart comes to."""

    dry_run: bool


class BulkRestartAnswer(Answer):
    """What the restarts come to.

    Attributes:
        changed_meanwhile: orders that somebody else changed or took in hand.
        left: orders that the filter still chooses, counted up to 10,000.
        next: with it as `cursor` the same request goes on, at the same pace.
    """

    dry_run: bool
    orders: tuple[RestartOutcome, ...]
    changed_meanwhile: int
    left: int
    next: str | None


class ChangeRestartAnswer(Answer):
    """What the restart of a change of licences comes to: `restart`, or `none` if there is nothing to do."""

    dry_run: bool
    change_id: UUID
    effect: Effect
    detail: str


class RedriveAnswer(Answer):
    """What the redrive comes to, by order and by message."""

    dry_run: bool
    queue: str
    orders: tuple[RestartOutcome, ...]
    messages: tuple[DeadLetter, ...]
    waiting: int
    next: str | None


class DiscardAnswer(Answer):
    """The messages that go, and the ids of those that are not there."""

    dry_run: bool
    queue: str
    messages: tuple[DeadLetter, ...]
    not_found: tuple[str, ...]


class ResendAnswer(Answer):
    """The mail that goes out as the document's mail of this number."""

    dry_run: bool
    order_id: UUID
    effect: str
    document: str
    number: int
    detail: str


class CreditAnswer(Answer):
    """What the credit comes to.

    Attributes:
        left: pieces that could be credited before it, by the invoice's line.
    """

    dry_run: bool
    order_id: UUID
    invoice: str
    effect: str
    detail: str
    left: dict[str, int]


class ExtendAnswer(Answer):
    """Whether the object is written again as it is (`extend`), from the database (`rebuild`), or cannot be."""

    dry_run: bool
    path: str
    effect: str
    detail: str

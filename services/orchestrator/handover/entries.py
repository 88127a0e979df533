"""What a note names one by one."""

from uuid import UUID

from services.common.api.models import Answer, Moment
from services.common.orders import State


class HandoverOrder(Answer):
    """A parked order; `since` is when it was parked."""

    id: UUID
    customer_id: UUID
    customer: str
    reason: str | None
    since: Moment


class HandoverState(Answer):
    """Orders of one state, and the one that has not moved for longest."""

    state: State
    count: int
    oldest: UUID
    since: Moment


class HandoverQueue(Answer):
    """A dead-letter queue.

    Attributes:
        waiting: null if it did not answer.
        oldest_sent_at: of the messages that it showed, fifty at most.
    """

    queue: str
    waiting: int | None
    oldest_sent_at: Moment | None


class HandoverCases(Answer):
    """How many open cases have this status and priority."""

    status: str
    priority: str
    count: int


class HandoverCase(Answer):
    """A case that waits for us; `since` is when the customer wrote last."""

    reference: str
    customer_id: UUID
    customer: str
    status: str
    priority: str
    assigned: bool
    since: Moment


class HandoverChange(Answer):
    """A change of licences that waits for a person."""

    id: UUID
    kind: str
    customer_id: UUID
    customer: str
    reason: str | None
    since: Moment


class HandoverDiscrepancy(Answer):
    """A sale at the cloud provider that does not fit our orders; `refusal` is why it was not cancelled there."""

    transaction_id: UUID
    order_id: UUID | None
    kind: str
    refusal: str | None
    since: Moment


class HandoverDocument(Answer):
    """An invoice or credit note whose mail has not gone out."""

    number: str
    order_id: UUID
    customer_id: UUID
    customer: str
    since: Moment

"""What operators are shown."""

from uuid import UUID

from services.common.api.models import Amount, Answer, Currency, Moment
from services.common.orders import State
from services.orchestrator.stages import Stage


class PipelineOrder(Answer):
    """An order in the pipeline.

    Attributes:
        stage: the stage that it waits at; null when all are done.
        reason: why it was parked or rejected.
        customer: the company.
        amount: licences.
    """

    id: UUID
    state: State
    stage: Stage | None
    reason: str | None
    customer_id: UUID
    customer: str
    product_name: str
    amount: int
    created_at: Moment
    updated_at: Moment


class PipelineOrders(Answer):
    """One page of orders, the oldest first."""

    orders: tuple[PipelineOrder, ...]
    next: str | None


class PipelinePayload(Answer):
    """A payload of the order and what its stage's worker made of it.

    Attributes:
        revision: 1 is the order's own, each credit note has the next.
        deliveries: how often its path was sent to the queue.
        status: waiting, working, trying again, given up, or the outcome.
        error: the last attempt's.
        link: where the payload is read.
    """

    stage: Stage
    revision: int
    path: str
    length: int
    created_at: Moment
    deliveries: int
    sent_at: Moment | None
    next_delivery_at: Moment | None
    attempts: int
    started_at: Moment | None
    finished_at: Moment | None
    status: str
    work_seconds: float | None
    total_seconds: float
    error: str | None
    link: str | None


class PipelineEvent(Answer):
    """A line of the order's history: a state that it reached, or something that was noted of it."""

    state: str
    at: Moment
    actor: str
    detail: str | None


class PipelineDocument(Answer):
    """An invoice or credit note.

    Attributes:
        corrects: the invoice that a credit note takes back.
        link: where the PDF is read, once it is rendered.
    """

    kind: str
    number: str
    revision: int
    corrects: str | None
    generated_at: Moment
    total: Amount
    currency: Currency
    document_path: str | None
    document_sha256: str | None
    link: str | None


class PipelineMailEvent(Answer):
    """What the mail service told of a mail."""

    attempt_id: UUID
    event_type: str
    message_id: str | None
    at: Moment


class PipelineMail(Answer):
    """A mail as the ledger has it; its address only as a hash.

    Attributes:
        number: 1 is the document's first mail.
        sent_again_by: the operator or customer's person who had it sent once more.
    """

    document: str | None
    number: int
    sent_again_by: str | None
    sent_again_because: str | None
    path: str
    recipient_sha256: str
    state: str
    failed_because: str | None
    attempts: int
    attempt_id: UUID | None
    sending_since: Moment | None
    message_id: str | None
    events: tuple[PipelineMailEvent, ...]


class OperatorAction(Answer):
    """A line of the operators' audit."""

    at: Moment
    subject: UUID
    action: str
    target: str
    reason: str | None
    dry_run: bool
    effect: str
    detail: str


class PipelineTimeline(Answer):
    """Everything that is known of one order."""

    id: UUID
    state: State
    reason: str | None
    customer_id: UUID
    customer: str
    product_name: str
    amount: int
    ccp_transaction_id: UUID | None
    created_at: Moment
    updated_at: Moment
    stages: tuple[PipelinePayload, ...]
    history: tuple[PipelineEvent, ...]
    documents: tuple[PipelineDocument, ...]
    mails: tuple[PipelineMail, ...]
    actions: tuple[OperatorAction, ...]


class DeadLetter(Answer):
    """A message that its queue gave up.

    Attributes:
        body: its first 500 characters.
        order_id: whose payload it names; null for what is none of the pipeline's.
        effect: what has become of it, or would.
    """

    id: str
    body: str
    sent_at: Moment | None
    order_id: UUID | None
    effect: str
    detail: str


class DeadLetterQueue(Answer):
    """A dead-letter queue, and the first of what waits on it."""

    queue: str
    waiting: int
    messages: tuple[DeadLetter, ...]


class DeadLetterQueues(Answer):
    """Every dead-letter queue."""

    queues: tuple[DeadLetterQueue, ...]


class ExpiringPayload(Answer):
    """A payload or PDF that S3 is about to lose, or has lost."""

    path: str
    kind: str
    order_id: UUID
    state: State
    reason: str | None
    expires_at: Moment


class ExpiringPayloads(Answer):
    """One page of them, the most urgent first."""

    payloads: tuple[ExpiringPayload, ...]
    next: str | None

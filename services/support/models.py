"""What Customer Support is asked and what it answers."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from services.common.api.models import Amount, Answer, Currency, Id, Input, Line, ListQuery, Moment, Prose
from services.common.mail.states import MailState
from services.support.states import Author, CaseStatus

Reference = Annotated[str, StringConstraints(pattern="^CASE-[0-9]{6,12}$", max_length=17)]
"""How people call a case, on the telephone and in a mail's title."""


class Priority(StrEnum):
    """How much depends on it."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


class CasesQuery(ListQuery):
    """Which cases; every member that is given narrows the choice."""

    status: CaseStatus | None = None
    assignee: Annotated[Id | None, Field(description="whose cases, by the support agent's subject")] = None
    assigned: Annotated[bool | None, Field(description="false: those that nobody works on")] = None
    customer_id: Id | None = None
    reference: Reference | None = None
    text: Annotated[str | None, Field(min_length=1, max_length=200, description="words of the subject")] = None


class NewCase(Input):
    """A case as a customer opens it; it may be about one order, invoice or licence of theirs, or several."""

    subject: Line
    message: Prose
    priority: Priority = Priority.NORMAL
    order_id: Id | None = None
    invoice_id: Id | None = None
    license_id: Id | None = None


class NewCaseMessage(Input):
    """What one side writes."""

    body: Prose


class CaseChange(Input):
    """What support changes; what is not given stays, and null takes an assignee or a link away."""

    status: CaseStatus | None = None
    priority: Priority | None = None
    assignee: Annotated[Id | None, Field(description="the support agent's subject")] = None
    order_id: Id | None = None
    invoice_id: Id | None = None
    license_id: Id | None = None


class CaseAnswer(Answer):
    """A case; `openedBy` is the person of the customer, `assignee` the support agent who works on it."""

    id: Id
    reference: Reference
    customer_id: Id
    company_name: str
    opened_by: Id
    subject: str
    status: CaseStatus
    priority: Priority
    assignee: Id | None
    order_id: Id | None
    invoice_id: Id | None
    license_id: Id | None
    created_at: Moment
    updated_at: Moment


class CasesAnswer(Answer):
    """A page of cases, the newest first."""

    cases: tuple[CaseAnswer, ...]
    next: str | None


class CaseMessageAnswer(Answer):
    """A message; `authorId` is the person of the customer or the support agent."""

    id: Id
    author: Author
    author_id: Id
    body: str
    created_at: Moment


class CaseMessagesAnswer(Answer):
    """A page of messages, the oldest first."""

    messages: tuple[CaseMessageAnswer, ...]
    next: str | None


class CaseEventAnswer(Answer):
    """One change of the case: which field became what, and who did it. A null value: it was taken away."""

    at: Moment
    field: str
    value: str | None
    actor: str


class CaseMailAnswer(Answer):
    """One mail that told the customer of the case, and how far it has come."""

    at: Moment
    state: MailState


class TimelineStateAnswer(Answer):
    """A state that the order has reached, or what was noted of it."""

    state: str
    at: Moment
    actor: str | None
    detail: str | None


class TimelineStageAnswer(Answer):
    """A stage of the pipeline: one payload, and what became of it."""

    stage: str
    revision: int
    status: str
    deliveries: int
    attempts: int
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    next_delivery_at: Moment | None
    error: str | None


class TimelineDocumentAnswer(Answer):
    """An invoice or a credit note of the order."""

    kind: str
    number: str
    corrects: str | None
    generated_at: Moment
    total: Amount
    currency: Currency


class TimelineMailAnswer(Answer):
    """A mail of one of the order's documents, as the ledger has it."""

    document: str | None
    number: int
    state: str
    failed_because: str | None
    attempts: int
    sending_since: Moment
    events: tuple[str, ...]


class OrderTimelineAnswer(Answer):
    """The order that a case is about, with all that has happened to it."""

    id: Id
    state: str
    reason: str | None
    product_name: str
    amount: int
    created_at: Moment
    history: tuple[TimelineStateAnswer, ...]
    stages: tuple[TimelineStageAnswer, ...]
    documents: tuple[TimelineDocumentAnswer, ...]
    mails: tuple[TimelineMailAnswer, ...]


class CaseTimelineAnswer(Answer):
    """What has happened to a case, and to the order that it is about."""

    events: tuple[CaseEventAnswer, ...]
    mails: tuple[CaseMailAnswer, ...]
    order: OrderTimelineAnswer | None

"""The operators' operations."""

from typing import Annotated

from pydantic import Field

from services.common.api import Operation
from services.common.errors import NotPossible, NotRestartable
from services.orchestrator import examples
from services.orchestrator.commands import (
    BulkRestart,
    Credit,
    Discard,
    Extend,
    Redrive,
    Resend,
    Restart,
    RestartChange,
)
from services.orchestrator.handover import operations as handover
from services.orchestrator.objects import DOCUMENT, E_INVOICE, MANIFEST
from services.orchestrator.outcomes import (
    BulkRestartAnswer,
    ChangeRestartAnswer,
    CreditAnswer,
    DiscardAnswer,
    ExtendAnswer,
    RedriveAnswer,
    ResendAnswer,
    RestartAnswer,
)
from services.orchestrator.queries import ExpiringQuery, OrdersQuery
from services.orchestrator.views import DeadLetterQueues, ExpiringPayloads, PipelineOrders, PipelineTimeline

_DRY = "A dry run unless `dryRun` is false; then it needs a `reason`, and the audit keeps it."
_QUEUE = {"queue": Annotated[str, Field(pattern="^[a-z-]{1,50}$", examples=["invoice"])]}
_OBJECT = {
    "stage": Annotated[str, Field(pattern="^[a-z]{1,50}$", examples=["invoice"])],
    "name": Annotated[str, Field(pattern=r"^[0-9a-z-]{1,200}\.(json|pdf|xml)$", examples=["1-0f1e2d3c.json"])],
}

OPERATIONS = (
    Operation(
        method="GET",
        path="/operations/orders",
        name="listPipelineOrders",
        summary="Orders by state, stage, customer, reason or age",
        query=OrdersQuery,
        answer=PipelineOrders,
        examples=(examples.ORDERS,),
    ),
    Operation(
        method="GET",
        path="/operations/orders/{id}",
        name="getPipelineOrder",
        summary="One order's whole way, with links to its payloads and documents",
        answer=PipelineTimeline,
        examples=(examples.TIMELINE,),
    ),
    Operation(
        method="POST",
        path="/operations/orders/{id}/restart",
        name="restartOrder",
        summary="Go on with an order from a stage",
        description=f"{_DRY} Without a stage, from the one that the order waits at. Nothing happens twice.",
        body=Restart,
        answer=RestartAnswer,
        problems=(NotRestartable,),
        key=True,
        examples=(examples.RESTART,),
    ),
    Operation(
        method="POST",
        path="/operations/orders/{id}/resend",
        name="resendMail",
        summary="Send a document's mail once more",
        description=f"{_DRY} It goes to the customer's present address, and needs an `Idempotency-Key`.",
        body=Resend,
        answer=ResendAnswer,
        problems=(NotPossible,),
        key=True,
        examples=(examples.RESEND,),
    ),
    Operation(
        method="POST",
        path="/operations/orders/{id}/credit-notes",
        name="creditInvoice",
        summary="Credit an invoice, whole or in part",
        description=f"{_DRY} It is numbered, printed and mailed as invoices are, and needs an `Idempotency-Key`.",
        body=Credit,
        answer=CreditAnswer,
        problems=(NotPossible,),
        key=True,
        examples=(examples.CREDIT,),
    ),
    Operation(
        method="POST",
        path="/operations/restarts",
        name="restartOrders",
        summary="Go on with every order of a filter, the oldest first",
        description=f"{_DRY} At most `limit` now, at `perMinute`; the answer's `next` goes on with the rest.",
        body=BulkRestart,
        answer=BulkRestartAnswer,
        key=True,
        examples=(examples.RESTARTS,),
    ),
    Operation(
        method="POST",
        path="/operations/license-changes/{id}/restart",
        name="restartLicenseChange",
        summary="Have a parked change of licences looked at again at once",
        description=f"{_DRY} The cloud provider is searched before it is asked again: nothing happens twice. "
        "An increase is an order: restart that one.",
        body=RestartChange,
        answer=ChangeRestartAnswer,
        problems=(NotRestartable,),
        key=True,
        examples=(examples.RESTART_CHANGE,),
    ),
    Operation(
        method="GET",
        path="/operations/dead-letters",
        name="listDeadLetters",
        summary="What the queues gave up, and why",
        answer=DeadLetterQueues,
        examples=(examples.DEAD_LETTERS,),
    ),
    Operation(
        method="POST",
        path="/operations/dead-letters/{queue}/redrive",
        name="redriveDeadLetters",
        summary="Dead letters back to work",
        description=f"{_DRY} Each message restarts its order from the queue's stage; what is nobody's stays.",
        parameters=_QUEUE,
        body=Redrive,
        answer=RedriveAnswer,
        key=True,
        examples=(examples.REDRIVE,),
    ),
    Operation(
        method="POST",
        path="/operations/dead-letters/{queue}/discard",
        name="discardDeadLetters",
        summary="Throw dead letters away",
        description=f"{_DRY} The audit keeps what they were.",
        parameters=_QUEUE,
        body=Discard,
        answer=DiscardAnswer,
        key=True,
        examples=(examples.DISCARD,),
    ),
    *handover.OPERATIONS,
    Operation(
        method="GET",
        path="/operations/payloads/expiring",
        name="listExpiringPayloads",
        summary="What S3 will forget soon",
        query=ExpiringQuery,
        answer=ExpiringPayloads,
        examples=(examples.EXPIRING,),
    ),
    Operation(
        method="GET",
        path="/operations/payloads/{customer}/{order}/{stage}/{name}",
        name="getPayload",
        summary="A payload, PDF or e-invoice, byte for byte",
        parameters=_OBJECT,
        downloads=(MANIFEST, DOCUMENT, E_INVOICE),
        problems=(NotPossible,),
    ),
    Operation(
        method="POST",
        path="/operations/payloads/{customer}/{order}/{stage}/{name}/extend",
        name="extendPayload",
        summary="Have S3 keep an object for another 30 days",
        description=_DRY,
        parameters=_OBJECT,
        body=Extend,
        answer=ExtendAnswer,
        problems=(NotPossible,),
        key=True,
        examples=(examples.EXTEND,),
    ),
)

"""All workers over one database and one fake AWS, turned by hand: what the queues would bring, in any order."""

import json
from collections.abc import Callable
from email.message import EmailMessage
from uuid import UUID

from services.common.pipeline.consumer import Consumer
from services.common.pipeline.inbox import Work
from services.common.pipeline.queues import Message
from services.document.handlers import DocumentHandler
from services.document.rendering import Renderer
from services.email.handlers import EmailHandler
from services.email.mailer import Mailer
from services.invoice.handlers import InvoiceHandler
from services.relay.adapters import SqsSender
from services.relay.relay import relay_batch
from tests.integration.conftest import REGION, Aws, World
from tests.support.shop import Shop

SENDER = "invoices@eu.cloud-sales.example"


class Outbound(Mailer):
    """Accepts every mail, or does what a test has scripted."""

    def __init__(self) -> None:
        self.accepted: list[tuple[EmailMessage, str, UUID]] = []
        self.script: Exception | None = None
        self.accepts_before_failing = False

    def send(self, message: EmailMessage, recipient: str, attempt_id: UUID) -> str:
        if self.script is None or self.accepts_before_failing:
            self.accepted.append((message, recipient, attempt_id))
        if self.script is not None:
            raise self.script
        return f"ses-{len(self.accepted)}"


class Pipeline:
    """All workers over one database and one fake AWS, turned by hand."""

    def __init__(self, world: World, aws: Aws) -> None:
        self.world, self.aws, self.shop, self.outbound = world, aws, Shop(world), Outbound()
        self.sender = SqsSender(aws.urls, REGION)
        handlers: dict[str, Callable[[Work, bytes], None]] = {
            "invoice": InvoiceHandler(world.database),
            "document": DocumentHandler(world.database, aws.payloads, Renderer()),
            "email": EmailHandler(world.database, aws.payloads, self.outbound, SENDER, evidence_seconds=60),
        }
        self.consumers = {
            name: Consumer(name, world.database, aws.payloads, handle) for name, handle in handlers.items()
        }

    def relay(self) -> int:
        return relay_batch(self.world.database, self.aws.payloads, self.sender)

    def message(self, queue: str) -> Message:
        path = self.world.value("SELECT path FROM outbox WHERE queue = %s ORDER BY id DESC LIMIT 1", queue)
        return Message(json.dumps({"path": path}), "receipt", 1)

    def take(self, queue: str, *, times: int = 1) -> None:
        for _ in range(times):
            self.consumers[queue].take(self.message(queue))

    def run(self, *, times: int = 1) -> str:
        address = self.shop.order().headers["Location"]
        for queue in ("invoice", "document", "email"):
            self.relay()
            self.take(queue, times=times)
        return address

    def state(self) -> object:
        return self.world.value("SELECT state FROM sales_order ORDER BY created_at DESC LIMIT 1")

    def reason(self) -> str:
        return str(self.world.value("SELECT reason FROM sales_order"))


def s3_key(pipeline: Pipeline) -> str:
    return str(pipeline.world.value("SELECT path FROM outbox"))


def email_stage(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    for queue in ("invoice", "document"):
        pipeline.relay()
        pipeline.take(queue)
    pipeline.relay()


def ses_event(attempt: UUID, kind: str = "Send") -> Message:
    mail = {"messageId": "from-event", "timestamp": "2026-11-22T12:00:00Z", "tags": {"attempt": [str(attempt)]}}
    return Message(json.dumps({"eventType": kind, "mail": mail}), "receipt", 1)

"""Every deployable of the product, as pure data: the one list from which queues, dead-letter queues, grants, Kubernetes
workloads, routes and local processes follow.

Adding a service means one folder in `services/` and one entry here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """How the image is started: `python -m services <service> <role>`."""

    WEB = "web"
    WORKER = "worker"
    MIGRATE = "migrate"


class Need(StrEnum):
    """A shared resource; the environment variables it brings are stated once, in `stacks/layers/workloads.py`."""

    DATABASE = "database"
    DATABASE_OWNER = "database-owner"
    PAYLOADS = "payloads"
    DOCUMENTS = "documents"
    NUMBERS = "numbers"
    TOKENS = "tokens"
    CCP = "ccp"
    MAIL = "mail"
    OPERATIONS = "operations"


@dataclass(frozen=True)
class Queue:
    """A hand-over between two services; its dead-letter queue always comes with it.

    Attributes:
        resend_seconds: how long a path that was sent may stay unfinished, by the number of times it was sent; when they
            are used up, its order is parked. None are needed where the producer does not send again.
    """

    name: str
    producer: str
    consumer: str
    resend_seconds: tuple[int, ...] = ()


@dataclass(frozen=True)
class Route:
    """A public REST operation; `{name}` marks one path segment. Every route needs a valid access token."""

    method: str
    path: str


@dataclass(frozen=True)
class Service:
    """One deployable: its role, the routes it answers and the shared resources it may reach."""

    name: str
    role: Role
    purpose: str
    needs: frozenset[Need] = frozenset()
    routes: tuple[Route, ...] = ()

    @property
    def command(self) -> tuple[str, ...]:
        """The container's command."""
        return ("python", "-m", "services", self.name, self.role.value)


OPERATORS = "operator"
"""The group of the user pool whose members may call `/operations`."""

SES_EVENTS = "ses-events"
"""Producer of the mail-event queue: SES itself, through its configuration set."""

SERVICES: tuple[Service, ...] = (
    Service(
        "database",
        Role.MIGRATE,
        "brings the shared database to the schema this release needs",
        frozenset({Need.DATABASE_OWNER}),
    ),
    Service(
        "order",
        Role.WEB,
        "accepts orders, buys them at the CCP and shows their stages",
        frozenset({Need.DATABASE, Need.TOKENS, Need.CCP}),
        (Route("POST", "/create-order"), Route("GET", "/orders/{id}")),
    ),
    Service(
        "orchestrator",
        Role.WEB,
        "shows operators the pipeline, restarts orders and finds those that stand still",
        frozenset({Need.DATABASE, Need.TOKENS, Need.PAYLOADS, Need.DOCUMENTS, Need.OPERATIONS}),
        (
            Route("GET", "/operations/orders"),
            Route("GET", "/operations/orders/{id}"),
            Route("POST", "/operations/orders/{id}/restart"),
            Route("POST", "/operations/orders/{id}/resend"),
            Route("POST", "/operations/orders/{id}/credit-notes"),
            Route("POST", "/operations/restarts"),
            Route("GET", "/operations/dead-letters"),
            Route("POST", "/operations/dead-letters/{queue}/redrive"),
            Route("POST", "/operations/dead-letters/{queue}/discard"),
            Route("GET", "/operations/payloads/expiring"),
            Route("GET", "/operations/payloads/{customer}/{order}/{stage}/{name}"),
            Route("POST", "/operations/payloads/{customer}/{order}/{stage}/{name}/extend"),
        ),
    ),
    Service(
        "relay",
        Role.WORKER,
        "moves the outbox: each payload to S3, then its path to the queue",
        frozenset({Need.DATABASE, Need.PAYLOADS}),
    ),
    Service(
        "invoice",
        Role.WORKER,
        "numbers invoices and credit notes, each kind in a series without a gap",
        frozenset({Need.DATABASE, Need.PAYLOADS}),
    ),
    Service(
        "document",
        Role.WORKER,
        "witnesses each number and renders its document as a PDF",
        frozenset({Need.DATABASE, Need.PAYLOADS, Need.DOCUMENTS, Need.NUMBERS}),
    ),
    Service(
        "email",
        Role.WORKER,
        "sends each e-mail once and keeps the ledger that proves it",
        frozenset({Need.DATABASE, Need.PAYLOADS, Need.MAIL}),
    ),
)

FEWEST_RECEIVES = 3
"""How often every queue delivers a message at least before it becomes a dead letter."""

PATIENCE_SECONDS = (60, 120, 300, 600, 1800, 3600, 7200, 14400)
"""Eight tries in a good seven hours: what has failed until then needs a person."""
MAIL_PATIENCE_SECONDS = (*PATIENCE_SECONDS[:5], *[3600] * 48)
"""A mail server that is down heals without us, and all but the mail is done: 48 hours, every hour in the end. Mail
servers themselves go on for days (RFC 5321, 4.5.4.1)."""

QUEUES: tuple[Queue, ...] = (
    Queue("invoice", producer="relay", consumer="invoice", resend_seconds=PATIENCE_SECONDS),
    Queue("document", producer="relay", consumer="document", resend_seconds=PATIENCE_SECONDS),
    Queue("email", producer="relay", consumer="email", resend_seconds=MAIL_PATIENCE_SECONDS),
    Queue("mail-events", producer=SES_EVENTS, consumer="email"),
)


def service(name: str) -> Service:
    """The service of that name.

    Raises:
        KeyError: no such service is registered.
    """
    for entry in SERVICES:
        if entry.name == name:
            return entry
    raise KeyError(name)


def queues_of(name: str) -> tuple[Queue, ...]:
    """The queues that the service sends to or receives from."""
    return tuple(queue for queue in QUEUES if name in (queue.producer, queue.consumer))


def queue_variable(queue: Queue) -> str:
    """The environment variable that carries the queue's URL, for example `QUEUE_URL_MAIL_EVENTS`."""
    return f"QUEUE_URL_{queue.name.upper().replace('-', '_')}"


def dead_letter_variable(queue: Queue) -> str:
    """The variable with the URL of the queue's dead-letter queue, for example `DEAD_LETTER_URL_MAIL_EVENTS`."""
    return f"DEAD_LETTER_URL_{queue.name.upper().replace('-', '_')}"

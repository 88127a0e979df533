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
    """A hand-over between two services; its dead-letter queue always comes with it."""

    name: str
    producer: str
    consumer: str


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
            Route("POST", "/operations/restarts"),
            Route("GET", "/operations/dead-letters"),
            Route("POST", "/operations/dead-letters/{queue}/redrive"),
            Route("GET", "/operations/payloads/expiring"),
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
        "turns a confirmed order into a numbered invoice",
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

QUEUES: tuple[Queue, ...] = (
    Queue("invoice", producer="relay", consumer="invoice"),
    Queue("document", producer="relay", consumer="document"),
    Queue("email", producer="relay", consumer="email"),
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

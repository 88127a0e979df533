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
    SECRETS = "secrets"
    DIRECTORY = "directory"
    PRINTED = "printed"
    INBOUND = "inbound"


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


class Caller(StrEnum):
    """Who may call an operation.

    What a customer's people may do stands in the database, so that a change holds at once; staff are members of the
    group of the user pool that has the caller's name. A service is a program of ours that calls for itself, and reads
    what its token's scopes name.
    """

    PUBLIC = "public"
    USER = "user"
    ADMIN = "admin"
    SUPPORT = "support"
    OPERATOR = "operator"
    SERVICE = "service"


class Scope(StrEnum):
    """What a service can be given leave to read."""

    CATALOGUE = "catalogue.read"
    CUSTOMERS = "customers.read"
    ORDERS = "orders.read"
    INVOICES = "invoices.read"

    @property
    def full(self) -> str:
        """The scope as tokens have it."""
        return f"{RESOURCE_SERVER}/{self.value}"


RESOURCE_SERVER = "cloud-sales"
"""What the issuer calls this API, whose scopes it gives to services."""
SCOPES = {
    Scope.CATALOGUE: "Read all products with what they cost us and at what prices they are sold",
    Scope.CUSTOMERS: "Read all customers with their administrators",
    Scope.ORDERS: "Read all orders and where they stand",
    Scope.INVOICES: "Read all invoices and credit notes, and fetch their documents",
}
"""In words, for whoever gives the leave."""

PUBLIC = frozenset({Caller.PUBLIC})
CUSTOMER = frozenset({Caller.USER, Caller.ADMIN})
ADMIN = frozenset({Caller.ADMIN})
SUPPORT = frozenset({Caller.SUPPORT})
OPERATOR = frozenset({Caller.OPERATOR})
STAFF = frozenset({Caller.SUPPORT, Caller.OPERATOR})
SIGNED_IN = CUSTOMER | STAFF
SERVICE = frozenset({Caller.SERVICE})


@dataclass(frozen=True)
class Route:
    """A REST operation; `{name}` marks one path segment. Without `PUBLIC`, it needs a valid access token.

    Attributes:
        scope: what a service needs beside its token; None for what is no business of services.
    """

    method: str
    path: str
    callers: frozenset[Caller]
    scope: Scope | None = None

    def __post_init__(self) -> None:
        if (self.scope is not None) != (Caller.SERVICE in self.callers):
            raise ValueError(f"{self.method} {self.path}: services are let in by a scope, and nobody else")
        if self.scope is not None and self.method not in {"GET", "HEAD"}:
            raise ValueError(f"{self.method} {self.path}: services only read")

    @property
    def public(self) -> bool:
        """Whether anybody may call it."""
        return Caller.PUBLIC in self.callers


@dataclass(frozen=True)
class Service:
    """One deployable: its role, the routes it answers and the shared resources it may reach.

    Attributes:
        folder: where its code lies in `services/`; None: under its own name. A second process of a service shares it.
    """

    name: str
    role: Role
    purpose: str
    needs: frozenset[Need] = frozenset()
    routes: tuple[Route, ...] = ()
    folder: str | None = None

    @property
    def package(self) -> str:
        """The folder of its code."""
        return self.folder or self.name

    @property
    def command(self) -> tuple[str, ...]:
        """The container's command."""
        return ("python", "-m", "services", self.package, self.role.value)


STAFF_GROUPS = tuple(sorted(caller.value for caller in STAFF))
"""The groups of the user pool that make somebody staff."""

SECRETS_CONTEXT = {"purpose": "license-keys"}
"""What KMS is told with every data key: grants ask for it, so that the key is of use for nothing else."""

SES_EVENTS = "ses-events"
"""Producer of the mail-event queue: SES itself, through its configuration set."""
SES_RECEIPT = "ses-receipt"
"""Producer of the queue of mail that came in: SES itself, through its receipt rule."""
OUTSIDE = frozenset({SES_EVENTS, SES_RECEIPT})
"""The producers that are none of ours: what they have sent once, they never send again."""
INBOUND_PREFIX = "inbound/"
"""Where in the payload bucket mail that came in lies, as it came."""

SERVICES: tuple[Service, ...] = (
    Service(
        "database",
        Role.MIGRATE,
        "brings the shared database to the schema this release needs",
        frozenset({Need.DATABASE_OWNER}),
    ),
    Service(
        "portal",
        Role.WEB,
        "shows the API: one page and one OpenAPI document for all services",
        routes=(Route("GET", "/", PUBLIC), Route("GET", "/openapi.json", PUBLIC)),
    ),
    Service(
        "identity",
        Role.WEB,
        "signs people in and out, and lets them choose a new password by e-mail",
        frozenset({Need.DATABASE, Need.TOKENS, Need.DIRECTORY}),
        (
            Route("POST", "/identity/sign-in", PUBLIC),
            Route("POST", "/identity/sign-in/new-password", PUBLIC),
            Route("POST", "/identity/refresh", PUBLIC),
            Route("POST", "/identity/sign-out", SIGNED_IN),
            Route("POST", "/identity/password-reset", PUBLIC),
            Route("POST", "/identity/password-reset/confirm", PUBLIC),
            Route("GET", "/identity/me", SIGNED_IN),
        ),
    ),
    Service(
        "users",
        Role.WEB,
        "keeps companies, their people with their roles, their accounts and subscriptions",
        frozenset({Need.DATABASE, Need.TOKENS, Need.DIRECTORY}),
        (
            Route("GET", "/company", CUSTOMER),
            Route("PATCH", "/company", ADMIN),
            Route("GET", "/people", CUSTOMER),
            Route("POST", "/people", ADMIN),
            Route("GET", "/people/{id}", CUSTOMER),
            Route("PATCH", "/people/{id}", ADMIN),
            Route("POST", "/people/{id}/invite", ADMIN),
            Route("POST", "/people/{id}/deactivate", ADMIN),
            Route("POST", "/people/{id}/reactivate", ADMIN),
            Route("GET", "/audit", ADMIN | OPERATOR),
            Route("GET", "/accounts", CUSTOMER),
            Route("POST", "/accounts", ADMIN),
            Route("GET", "/accounts/{id}", CUSTOMER),
            Route("PATCH", "/accounts/{id}", ADMIN),
            Route("DELETE", "/accounts/{id}", ADMIN),
            Route("GET", "/subscriptions", CUSTOMER),
            Route("POST", "/subscriptions", ADMIN),
            Route("GET", "/subscriptions/{id}", CUSTOMER),
            Route("PATCH", "/subscriptions/{id}", ADMIN),
            Route("GET", "/customers", STAFF | SERVICE, Scope.CUSTOMERS),
            Route("POST", "/customers", OPERATOR),
            Route("GET", "/customers/{id}", STAFF | SERVICE, Scope.CUSTOMERS),
            Route("PATCH", "/customers/{id}", OPERATOR),
            Route("POST", "/customers/{id}/deactivate", OPERATOR),
            Route("POST", "/customers/{id}/reactivate", OPERATOR),
        ),
    ),
    Service(
        "products",
        Role.WEB,
        "keeps the catalogue in step with the CCP's and computes sales prices by margin rules",
        frozenset({Need.DATABASE, Need.TOKENS, Need.CCP}),
        (
            Route("GET", "/products", SIGNED_IN | SERVICE, Scope.CATALOGUE),
            Route("GET", "/products/{id}", SIGNED_IN | SERVICE, Scope.CATALOGUE),
            Route("GET", "/products/{id}/prices", SIGNED_IN | SERVICE, Scope.CATALOGUE),
            Route("GET", "/catalogue/margin-rules", OPERATOR),
            Route("POST", "/catalogue/margin-rules", OPERATOR),
            Route("DELETE", "/catalogue/margin-rules/{id}", OPERATOR),
            Route("GET", "/catalogue/exchange-rates", OPERATOR),
            Route("POST", "/catalogue/exchange-rates", OPERATOR),
            Route("GET", "/catalogue/synchronisations", OPERATOR),
            Route("POST", "/catalogue/synchronisations", OPERATOR),
        ),
    ),
    Service(
        "licensing",
        Role.WEB,
        "assigns licences, and changes their number and their term at the CCP",
        frozenset({Need.DATABASE, Need.TOKENS, Need.CCP, Need.SECRETS}),
        (
            Route("GET", "/licenses", CUSTOMER),
            Route("GET", "/licenses/{id}", CUSTOMER),
            Route("GET", "/licenses/{id}/key", CUSTOMER),
            Route("GET", "/licenses/{id}/history", CUSTOMER),
            Route("POST", "/licenses/{id}/assign", ADMIN),
            Route("POST", "/licenses/{id}/revoke", ADMIN),
            Route("POST", "/licenses/{id}/extend", ADMIN),
            Route("GET", "/subscription-items", CUSTOMER),
            Route("GET", "/subscription-items/{id}", CUSTOMER),
            Route("POST", "/subscription-items/{id}/quantity", ADMIN),
            Route("POST", "/subscription-items/{id}/cancel", ADMIN),
            Route("GET", "/license-changes/{id}", CUSTOMER),
        ),
    ),
    Service(
        "invoices",
        Role.WEB,
        "lists invoices with their totals and hands out their documents by short-lived links",
        frozenset({Need.DATABASE, Need.TOKENS, Need.PRINTED}),
        (
            Route("GET", "/invoices", CUSTOMER | SERVICE, Scope.INVOICES),
            Route("GET", "/invoices/totals", CUSTOMER),
            Route("GET", "/invoices/{id}", CUSTOMER | SERVICE, Scope.INVOICES),
            Route("GET", "/invoices/{id}/document", CUSTOMER | SERVICE, Scope.INVOICES),
            Route("POST", "/invoices/{id}/resend", CUSTOMER),
        ),
    ),
    Service(
        "support",
        Role.WEB,
        "keeps support cases, with mail to and from the customer",
        frozenset({Need.DATABASE, Need.TOKENS}),
        (
            Route("GET", "/cases", CUSTOMER | SUPPORT),
            Route("POST", "/cases", CUSTOMER),
            Route("GET", "/cases/{id}", CUSTOMER | SUPPORT),
            Route("PATCH", "/cases/{id}", SUPPORT),
            Route("GET", "/cases/{id}/messages", CUSTOMER | SUPPORT),
            Route("POST", "/cases/{id}/messages", CUSTOMER | SUPPORT),
            Route("POST", "/cases/{id}/close", CUSTOMER),
            Route("GET", "/cases/{id}/timeline", SUPPORT),
        ),
    ),
    Service(
        "order",
        Role.WEB,
        "accepts orders, buys them at the CCP and shows their stages",
        frozenset({Need.DATABASE, Need.TOKENS, Need.CCP, Need.SECRETS}),
        (
            Route("POST", "/create-order", CUSTOMER),
            Route("GET", "/orders", CUSTOMER),
            Route("GET", "/orders/{id}", CUSTOMER | SERVICE, Scope.ORDERS),
            Route("POST", "/orders/{id}/cancel", CUSTOMER),
        ),
    ),
    Service(
        "orchestrator",
        Role.WEB,
        "shows operators the pipeline, restarts orders and finds those that stand still",
        frozenset({Need.DATABASE, Need.TOKENS, Need.PAYLOADS, Need.DOCUMENTS, Need.OPERATIONS}),
        (
            Route("GET", "/operations/orders", OPERATOR | SERVICE, Scope.ORDERS),
            Route("GET", "/operations/orders/{id}", OPERATOR),
            Route("POST", "/operations/orders/{id}/restart", OPERATOR),
            Route("POST", "/operations/orders/{id}/resend", OPERATOR),
            Route("POST", "/operations/orders/{id}/credit-notes", OPERATOR),
            Route("POST", "/operations/restarts", OPERATOR),
            Route("POST", "/operations/license-changes/{id}/restart", OPERATOR),
            Route("GET", "/operations/dead-letters", OPERATOR),
            Route("POST", "/operations/dead-letters/{queue}/redrive", OPERATOR),
            Route("POST", "/operations/dead-letters/{queue}/discard", OPERATOR),
            Route("GET", "/operations/payloads/expiring", OPERATOR),
            Route("GET", "/operations/payloads/{customer}/{order}/{stage}/{name}", OPERATOR),
            Route("POST", "/operations/payloads/{customer}/{order}/{stage}/{name}/extend", OPERATOR),
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
    Service(
        "support-mail",
        Role.WORKER,
        "takes customers' answers by mail into their support cases",
        frozenset({Need.DATABASE, Need.INBOUND}),
        folder="support",
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
    Queue("inbound-mail", producer=SES_RECEIPT, consumer="support-mail"),
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

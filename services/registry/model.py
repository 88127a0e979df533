"""What a deployable consists of: its role, its needs, its routes and its queues."""

from dataclasses import dataclass
from enum import StrEnum

from services.registry.callers import Caller, Scope


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
    SEALED = "sealed"
    DIRECTORY = "directory"
    PASSWORDS = "passwords"
    PRINTED = "printed"
    INBOUND = "inbound"
    LOGIN = "login"


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

"""Who sent a command, and what is left of one that was refused: a line in the audit, with its reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from services.common.api import Call
from services.common.api.idempotency import Claim
from services.common.database import Database
from services.common.errors import InvalidRequest, Problem
from services.orchestrator import audit
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.commands import Command
from services.orchestrator.receipts import Receipt


@dataclass(frozen=True)
class Caller:
    """The operator, and the claim of the request if it came with an idempotency key."""

    operator: UUID
    claim: Claim | None

    @classmethod
    def of(cls, call: Call) -> Self:
        """The caller of an operation that is open to operators alone."""
        return cls(call.staff.subject, call.claim)

    def warrant(self, action: str, command: Command) -> Warrant:
        """By whose leave the action is taken."""
        return Warrant(self.operator, action, command.reason, command.dry_run)

    def receipt(self, command: Command) -> Receipt:
        """Where the answer is kept; a dry run takes no key."""
        return Receipt(None if command.dry_run else self.claim)

    def need_key(self, command: Command, because: str) -> None:
        """For what is not harmless twice.

        Raises:
            InvalidRequest: a real run without an idempotency key.
        """
        if not command.dry_run and self.claim is None:
            raise InvalidRequest(f"send an Idempotency-Key: {because}")


class Refused(Exception):
    """A real run that cannot be done: nothing of it may be committed but this finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.detail)
        self.finding = finding


@contextmanager
def refusals_audited(database: Database, warrant: Warrant, problem: type[Problem]) -> Iterator[None]:
    """Turns a refusal from inside into the problem that the operator sees, after it stands in the audit.

    Raises:
        Problem: of the given kind.
    """
    try:
        yield
    except Refused as refusal:
        with database.transaction() as connection:
            audit.record(connection, warrant, refusal.finding)
        raise problem(refusal.finding.detail) from None

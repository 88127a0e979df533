"""Who sent a command, and what is left of one that was refused: a line in the audit, with its reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Database
from services.common.errors import Problem
from services.common.idempotency import Claim
from services.orchestrator import audit
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.model import Command


@dataclass(frozen=True)
class Caller:
    """The operator, and the claim of the request if it came with an idempotency key."""

    operator: UUID
    claim: Claim | None

    def warrant(self, action: str, command: Command) -> Warrant:
        """By whose leave the action is taken."""
        return Warrant(self.operator, action, command.reason, command.dry_run)


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

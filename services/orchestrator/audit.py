"""The operators' audit: who did, or looked at doing, what to which order, and why. Rows are only ever added."""

from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection


@dataclass(frozen=True)
class Warrant:
    """Who acts, by which operation, and with which reason; a real run has one, a dry run may do without."""

    operator: UUID
    action: str
    reason: str | None
    dry_run: bool

    @property
    def actor(self) -> str:
        """The operator as the orders' history names them."""
        return f"operator {self.operator}"


@dataclass(frozen=True)
class Finding:
    """What came of it for one order; `target` is the stage, payload, document or queue that it was about.

    Attributes:
        order_id: None for a dead letter that belongs to no order, and for a filter that chose none.
    """

    order_id: UUID | None
    target: str
    effect: str
    detail: str


def record(connection: Connection, warrant: Warrant, finding: Finding) -> None:
    """Adds one line, in the transaction of what it tells."""
    connection.execute(
        """
        INSERT INTO operator_action (subject, action, order_id, target, reason, dry_run, effect, detail)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            warrant.operator, warrant.action, finding.order_id, finding.target, warrant.reason, warrant.dry_run,
            finding.effect, finding.detail,
        ),
    )  # fmt: skip

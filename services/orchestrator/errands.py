"""One redrive: when its orders are handed over, where the next one goes on, and what becomes of each message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.orchestrator.audit import Warrant
from services.orchestrator.batches import Batch, Outcome
from services.orchestrator.commands import Redrive
from services.orchestrator.cursors import RedriveCursor
from services.orchestrator.letters import Judged
from services.orchestrator.pace import Pace
from services.orchestrator.stages import Stage


@dataclass(frozen=True)
class Errand:
    """A redrive of what, by whose leave, and when by the database's clock."""

    queue: str
    judged: tuple[Judged, ...]
    warrant: Warrant
    command: Redrive
    now: datetime

    @property
    def pace(self) -> Pace:
        """When its orders are handed over."""
        return Pace.after(self.command.cursor, self.now, self.command.spacing_seconds)

    @property
    def full(self) -> bool:
        """Whether there may be more messages than these."""
        return len(self.judged) == self.command.limit

    def batch(self) -> Batch:
        """Its orders, each once, from the queue's stage."""
        order_ids = list(dict.fromkeys(one.order_id for one in self.judged if one.order_id is not None))
        return Batch(order_ids, Stage(self.queue), self.warrant, pace=self.pace)

    def following(self, handed_over: int, *, more: bool) -> str | None:
        """The answer's `next`; a dry run has none, because what it has looked at is there again."""
        if self.command.dry_run or not more:
            return None
        seconds = self.pace.seconds(handed_over)
        return RedriveCursor(paced_until=self.now + timedelta(seconds=seconds)).encode()


def told(judged: Judged, outcomes: Mapping[UUID, Outcome]) -> dict[str, object]:
    """The message as the answer shows it, by what came of the orders."""
    if judged.order_id is None:
        return judged.document("stays")
    outcome = outcomes.get(judged.order_id)
    if outcome is None:
        return judged.document("stays", "the time of this request was up before its order; ask again")
    if outcome.refused:
        return judged.document("stays", outcome.plan.why)
    return judged.document("leaves", outcome.plan.why)

"""A batch of restarts, and what came of it, as operators and the audit are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.pace import AT_ONCE, Pace
from services.orchestrator.plans import Effect, Plan
from services.orchestrator.queries import Filter
from services.orchestrator.stages import Stage


@dataclass(frozen=True)
class Outcome:
    """What a restart of one order comes to, or would come to; `rebuilt` are payloads written to S3 again."""

    order_id: UUID
    plan: Plan
    rebuilt: tuple[str, ...]
    delay_seconds: float = 0

    @property
    def refused(self) -> bool:
        """Whether the order cannot go on like this."""
        return self.plan.effect is Effect.REFUSED

    @property
    def finding(self) -> Finding:
        """The outcome as the audit keeps it."""
        return Finding(self.order_id, self.plan.stage or "(none)", self.plan.effect, self.plan.why)

    def document(self) -> dict[str, object]:
        """The outcome as operators see it."""
        return {
            "orderId": str(self.order_id),
            "effect": self.plan.effect.value,
            "stage": self.plan.stage,
            "detail": self.plan.why,
            "state": self.plan.state,
            "payloads": [
                {"path": step.path, "delaySeconds": round(step.delay_seconds + self.delay_seconds, 3)}
                for step in self.plan.steps
            ],
            "rebuilt": list(self.rebuilt),
        }


@dataclass(frozen=True)
class Run:
    """What came of a batch: `reached` are its orders that were looked at before the time was up, the others wait.

    An order that was reached but has no outcome was changed, or taken in hand by somebody else, meanwhile.
    """

    reached: tuple[UUID, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Batch:
    """What is to be done: to whom, from where, by whose leave, and how fast.

    Attributes:
        stage: where to restart; None for the stage that each order waits at.
        only: orders that this does not choose any more, or that somebody else is restarting, are left alone.
    """

    order_ids: Sequence[UUID]
    stage: Stage | None
    warrant: Warrant
    only: Filter | None = None
    pace: Pace = AT_ONCE

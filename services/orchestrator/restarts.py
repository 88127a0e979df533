"""Restarting orders: look, decide, rebuild what S3 has lost, then do it all in one transaction under the row locks.

The relay stays the only sender: a restart makes outbox rows due and hands over nothing itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection, Database
from services.common.faults import crash_point
from services.orchestrator import audit, facts, listing, objects, stages
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.model import Filter
from services.orchestrator.objects import Objects, Survey
from services.orchestrator.receipts import Answer, Receipt
from services.orchestrator.stages import Effect, Plan, Stage


@dataclass(frozen=True)
class Outcome:
    """What a restart of one order comes to, or would come to; `rebuilt` are payloads written to S3 again."""

    order_id: UUID
    plan: Plan
    rebuilt: tuple[str, ...]
    delay_seconds: float = 0

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
class Batch:
    """What is to be done: to whom, from where, by whose leave, and how fast.

    Attributes:
        stage: where to restart; None for the stage that each order waits at.
        only: orders that this does not choose any more, or that somebody else is restarting, are left alone.
        spacing_seconds: between one order's hand-over and the next one's.
    """

    order_ids: Sequence[UUID]
    stage: Stage | None
    warrant: Warrant
    only: Filter | None = None
    spacing_seconds: float = 0


class Restarter:
    """Carries restarts out; several instances may do so at once."""

    def __init__(self, database: Database, stored: Objects) -> None:
        self._database = database
        self._objects = stored

    def rehearse(self, batch: Batch) -> list[Outcome]:
        """What would happen; nothing does, but that the audit tells who has looked."""
        outcomes = [self._foresee(order_id, batch.stage)[0] for order_id in batch.order_ids]
        with self._database.transaction() as connection:
            for outcome in outcomes:
                _audit(connection, batch.warrant, outcome)
        return outcomes

    def perform(self, batch: Batch, receipt: Receipt, tell: Callable[[list[Outcome]], Answer]) -> list[Outcome]:
        """Restarts the orders and keeps, in the same transaction, what `tell` makes of it; nothing if that raises.

        Raises:
            InFlight: another request has the receipt's key.
            NotFound: one of the orders does not exist.
            Unavailable: S3 or the database does not answer; nothing was restarted.
        """
        surveys = {order_id: self._prepare(order_id, batch.stage) for order_id in batch.order_ids}
        with self._database.transaction() as connection:
            receipt.begin(connection)
            chosen = set(surveys) if batch.only is None else listing.lock_chosen(connection, batch.only, list(surveys))
            outcomes = [
                _restart(connection, batch, order_id, surveys[order_id], place)
                for place, order_id in enumerate(one for one in sorted(surveys) if one in chosen)
            ]
            receipt.keep(connection, tell(outcomes))
            for outcome in outcomes:
                crash_point("C21", outcome.order_id)
        for outcome in outcomes:
            crash_point("C22", outcome.order_id)
        return outcomes

    def _prepare(self, order_id: UUID, stage: Stage | None) -> Survey:
        """Rebuilds what the restart will need. To do it and then not restart harms nobody."""
        outcome, survey = self._foresee(order_id, stage)
        self._objects.rebuild(outcome.rebuilt)
        return survey

    def _foresee(self, order_id: UUID, stage: Stage | None) -> tuple[Outcome, Survey]:
        with self._database.transaction() as connection:
            known = facts.load(connection, order_id)
        survey = self._objects.survey(known, stage)
        plan = stages.plan(known, stage, document_lost=survey.document)
        return _outcome(order_id, plan, survey), survey


def _restart(connection: Connection, batch: Batch, order_id: UUID, survey: Survey, place: int) -> Outcome:
    known = facts.lock(connection, order_id)
    crash_point("C20", order_id)
    plan = stages.plan(known, batch.stage, document_lost=survey.document)
    outcome = _outcome(order_id, plan, survey, place * batch.spacing_seconds)
    facts.carry_out(connection, order_id, plan, delay_seconds=outcome.delay_seconds)
    objects.stored_anew(connection, outcome.rebuilt)
    _audit(connection, batch.warrant, outcome)
    return outcome


def _outcome(order_id: UUID, plan: Plan, survey: Survey, delay_seconds: float = 0) -> Outcome:
    rebuilt = survey.payloads if plan.effect in (Effect.RESTART, Effect.REPLAY) else ()
    return Outcome(order_id, plan, rebuilt, delay_seconds)


def _audit(connection: Connection, warrant: Warrant, outcome: Outcome) -> None:
    plan = outcome.plan
    audit.record(connection, warrant, Finding(outcome.order_id, plan.stage or "(none)", plan.effect, plan.why))

"""Restarting orders: look, decide, rebuild what S3 has lost, then do it all in one transaction under the row locks.

The relay stays the only sender: a restart makes outbox rows due and hands over nothing itself.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection, Database
from services.common.faults import crash_point
from services.orchestrator import audit, facts, listing, objects, stages
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.facts import Leave
from services.orchestrator.model import Filter
from services.orchestrator.objects import Objects, Survey
from services.orchestrator.receipts import Answer, Receipt
from services.orchestrator.stages import Effect, Plan, Stage

SURVEY_SECONDS = 12.0
"""How long S3 is asked before the rest of a batch is left to the next request: the API Gateway waits 29 s."""


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
        first_seconds: until the first order's hand-over.
        spacing_seconds: between one order's hand-over and the next one's.
    """

    order_ids: Sequence[UUID]
    stage: Stage | None
    warrant: Warrant
    only: Filter | None = None
    first_seconds: float = 0
    spacing_seconds: float = 0

    def until_seconds(self, orders: int) -> float:
        """When the next order's hand-over may be, after so many."""
        return self.first_seconds + orders * self.spacing_seconds


class Restarter:
    """Carries restarts out; several instances may do so at once."""

    def __init__(self, database: Database, stored: Objects) -> None:
        self._database = database
        self._objects = stored

    def rehearse(self, batch: Batch) -> Run:
        """What would happen; nothing does, but that the audit tells who has looked."""
        outcomes = tuple(outcome for outcome, _ in self._foreseen(batch))
        with self._database.transaction() as connection:
            for outcome in outcomes:
                audit.record(connection, batch.warrant, outcome.finding)
        return Run(tuple(outcome.order_id for outcome in outcomes), outcomes)

    def perform(self, batch: Batch, receipt: Receipt, tell: Callable[[Connection, Run], Answer]) -> Run:
        """Restarts the orders and keeps, in the same transaction, what `tell` makes of it; nothing if that raises.

        Raises:
            InFlight: another request has the receipt's key.
            NotFound: one of the orders does not exist.
            Unavailable: S3 or the database does not answer; nothing was restarted.
        """
        surveys: dict[UUID, Survey] = {}
        for outcome, survey in self._foreseen(batch):
            # To rebuild and then not to restart harms nobody.
            self._objects.rebuild(outcome.rebuilt)
            surveys[outcome.order_id] = survey
        with self._database.transaction() as connection:
            receipt.begin(connection)
            chosen = set(surveys) if batch.only is None else listing.lock_chosen(connection, batch.only, list(surveys))
            places = {order_id: place for place, order_id in enumerate(one for one in surveys if one in chosen)}
            # Locks are taken in the order of the ids, so that two batches never wait for each other in a circle.
            outcomes = tuple(
                _restart(connection, batch, order_id, surveys[order_id], places[order_id])
                for order_id in sorted(chosen)
            )
            run = Run(tuple(surveys), outcomes)
            receipt.keep(connection, tell(connection, run))
            for outcome in outcomes:
                crash_point("C21", outcome.order_id)
        for outcome in outcomes:
            crash_point("C22", outcome.order_id)
        return run

    def _foreseen(self, batch: Batch) -> Iterator[tuple[Outcome, Survey]]:
        """At least the first order, and those after it that can be looked at before the time is up."""
        deadline = time.monotonic() + SURVEY_SECONDS
        for order_id in batch.order_ids:
            yield self._foresee(order_id, batch.stage)
            if time.monotonic() > deadline:
                return

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
    outcome = _outcome(order_id, plan, survey, batch.until_seconds(place))
    warrant = batch.warrant
    # The customer reads the history too: the operator's own reason stands in the audit alone.
    leave = Leave(warrant.actor, "restarted", outcome.delay_seconds)
    facts.carry_out(connection, order_id, plan, leave)
    objects.stored_anew(connection, outcome.rebuilt)
    audit.record(connection, warrant, outcome.finding)
    return outcome


def _outcome(order_id: UUID, plan: Plan, survey: Survey, delay_seconds: float = 0) -> Outcome:
    rebuilt = survey.payloads if plan.effect in (Effect.RESTART, Effect.REPLAY) else ()
    return Outcome(order_id, plan, rebuilt, delay_seconds)

"""Restarting orders: look, decide, rebuild what S3 has lost, then do it all in one transaction under the row locks.

The relay stays the only sender: a restart makes outbox rows due and hands over nothing itself.
"""

import time
from collections.abc import Callable, Iterator
from uuid import UUID

from services.common.database import Connection, Database
from services.common.faults import crash_point
from services.orchestrator import audit, facts, listing, objects, plans
from services.orchestrator.batches import Batch, Outcome, Run
from services.orchestrator.facts import Leave
from services.orchestrator.objects import Objects, Survey
from services.orchestrator.plans import Effect, Plan
from services.orchestrator.receipts import Answer, Receipt
from services.orchestrator.stages import Stage

SURVEY_SECONDS = 12.0
"""How long S3 is asked before the rest of a batch is left to the next request: the API Gateway waits 29 s."""

Tell = Callable[[Connection, Run], Answer]
"""Makes the answer of what came of a batch, in its transaction."""


class Restarter:
    """Carries restarts out; several instances may do so at once."""

    def __init__(self, database: Database, stored: Objects) -> None:
        self._database = database
        self._objects = stored

    def restart(self, batch: Batch, receipt: Receipt, tell: Tell) -> Run:
        """Restarts the orders, or in a dry run says what would happen, and keeps what `tell` makes of it.

        What that writes to the database is one transaction, and comes to nothing if `tell` raises.

        Raises:
            InFlight: another request has the receipt's key.
            NotFound: one of the orders does not exist.
            Unavailable: S3 or the database does not answer; nothing was restarted.
        """
        return self._rehearse(batch, receipt, tell) if batch.warrant.dry_run else self._perform(batch, receipt, tell)

    def _rehearse(self, batch: Batch, receipt: Receipt, tell: Tell) -> Run:
        outcomes = tuple(outcome for outcome, _ in self._foreseen(batch))
        run = Run(tuple(outcome.order_id for outcome in outcomes), outcomes)
        with self._database.transaction() as connection:
            for outcome in outcomes:
                audit.record(connection, batch.warrant, outcome.finding)
            receipt.keep(connection, tell(connection, run))
        return run

    def _perform(self, batch: Batch, receipt: Receipt, tell: Tell) -> Run:
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
        plan = plans.plan(known, stage, document_lost=survey.document)
        return _outcome(order_id, plan, survey), survey


def _restart(connection: Connection, batch: Batch, order_id: UUID, survey: Survey, place: int) -> Outcome:
    known = facts.lock(connection, order_id)
    crash_point("C20", order_id)
    plan = plans.plan(known, batch.stage, document_lost=survey.document)
    outcome = _outcome(order_id, plan, survey, batch.pace.seconds(place))
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

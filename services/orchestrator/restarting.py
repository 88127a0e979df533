"""Restarts as operators ask for them: a dry run tells, a real one acts once for its idempotency key."""

from datetime import timedelta
from uuid import UUID

from services.common.database import Connection, Database
from services.common.errors import NotRestartable
from services.orchestrator import audit, listing
from services.orchestrator.audit import Finding
from services.orchestrator.batches import Batch, Run
from services.orchestrator.callers import Caller, Refused, refusals_audited
from services.orchestrator.commands import BulkRestart, Restart
from services.orchestrator.cursors import BatchCursor
from services.orchestrator.listing import Chosen
from services.orchestrator.pace import Pace
from services.orchestrator.receipts import Answer
from services.orchestrator.restarts import Restarter


class Restarting:
    """Has one order restarted, or those of a filter; each answers the JSON text that a repetition gets again."""

    def __init__(self, database: Database, restarter: Restarter) -> None:
        self._database = database
        self._restarter = restarter

    def restart(self, caller: Caller, order_id: UUID, command: Restart) -> str:
        """One order.

        Raises:
            NotFound: there is no such order.
            NotRestartable: a real run, and the order cannot go on from there.
        """
        receipt, warrant = caller.receipt(command), caller.warrant("restart", command)
        if receipt.known(self._database):
            return receipt.text

        def tell(_: Connection, run: Run) -> Answer:
            [outcome] = run.outcomes
            if outcome.refused and not command.dry_run:
                raise Refused(outcome.finding)
            return {"dryRun": command.dry_run, **outcome.document()}

        with refusals_audited(self._database, warrant, NotRestartable):
            self._restarter.restart(Batch([order_id], command.stage, warrant), receipt, tell)
        return receipt.text

    def restart_many(self, caller: Caller, command: BulkRestart) -> str:
        """Orders of a filter, the oldest first, as many as the limit and a request's time allow.

        While the answer's `next` is not null there are more: the same request with it as `cursor` goes on, at its pace.
        """
        receipt, warrant = caller.receipt(command), caller.warrant("restart", command)
        if receipt.known(self._database):
            return receipt.text
        with self._database.transaction() as connection:
            chosen = listing.choose(connection, command.filter, command.limit, command.cursor)
        pace = Pace.after(command.cursor, chosen.now, command.spacing_seconds)
        batch = Batch(list(chosen.made_at), command.stage, warrant, only=command.filter, pace=pace)

        def tell(connection: Connection, run: Run) -> Answer:
            if not run.outcomes:
                detail = f"no order to restart: {command.filter.model_dump_json(by_alias=True, exclude_none=True)}"
                audit.record(connection, warrant, Finding(None, "(filter)", "none", detail))
            following = _following(batch, chosen, run) or command.cursor
            left = listing.left(connection, command.filter, following) if following else 0
            return {
                "dryRun": command.dry_run,
                "orders": [outcome.document() for outcome in run.outcomes],
                "changedMeanwhile": len(run.reached) - len(run.outcomes),
                "left": left,
                "next": following.encode() if following and left else None,
            }

        self._restarter.restart(batch, receipt, tell)
        return receipt.text


def _following(batch: Batch, chosen: Chosen, run: Run) -> BatchCursor | None:
    """Where the next request goes on; None if this one has reached nothing."""
    if not run.reached:
        return None
    last = run.reached[-1]
    seconds = batch.pace.seconds(len(run.outcomes))
    return BatchCursor(at=chosen.made_at[last], id=last, paced_until=chosen.now + timedelta(seconds=seconds))

"""Restarts and extensions as operators ask for them: a dry run tells, a real one acts once for its idempotency key."""

import json
from datetime import timedelta
from uuid import UUID

from services.common.database import Connection, Database
from services.common.errors import NotPossible, NotRestartable
from services.orchestrator import audit, kept, listing
from services.orchestrator.audit import Finding
from services.orchestrator.callers import Caller, Refused, refusals_audited
from services.orchestrator.cursors import BatchCursor
from services.orchestrator.kept import Extender
from services.orchestrator.listing import Chosen
from services.orchestrator.model import BulkRestart, Extend, Restart
from services.orchestrator.pace import first_seconds
from services.orchestrator.receipts import Answer, Receipt
from services.orchestrator.restarts import Batch, Restarter, Run


class Commands:
    """Carries the operators' writes out; each answers the JSON text that a repetition gets again."""

    def __init__(self, database: Database, restarter: Restarter, extender: Extender) -> None:
        self._database = database
        self._restarter = restarter
        self._extender = extender

    def restart(self, caller: Caller, order_id: UUID, command: Restart) -> str:
        """One order.

        Raises:
            NotFound: there is no such order.
            NotRestartable: a real run, and the order cannot go on from there.
        """
        warrant = caller.warrant("restart", command)
        batch = Batch([order_id], command.stage, warrant)

        def tell(_: Connection, run: Run) -> Answer:
            [outcome] = run.outcomes
            if outcome.refused and not command.dry_run:
                raise Refused(outcome.finding)
            return {"dryRun": command.dry_run, **outcome.document()}

        receipt = Receipt(caller.claim)
        if command.dry_run:
            run = self._restarter.rehearse(batch)
            with self._database.transaction() as connection:
                return json.dumps(tell(connection, run))
        if not receipt.known(self._database):
            with refusals_audited(self._database, warrant, NotRestartable):
                self._restarter.perform(batch, receipt, tell)
        return receipt.text

    def restart_many(self, caller: Caller, command: BulkRestart) -> str:
        """Orders of a filter, the oldest first, as many as the limit and a request's time allow.

        While the answer's `next` is not null there are more: the same request with it as `cursor` goes on, at its pace.
        """
        receipt, warrant = Receipt(caller.claim), caller.warrant("restart", command)
        if not command.dry_run and receipt.known(self._database):
            return receipt.text
        with self._database.transaction() as connection:
            chosen = listing.choose(connection, command.filter, command.limit, command.cursor)
        batch = Batch(
            list(chosen.made_at),
            command.stage,
            warrant,
            only=command.filter,
            first_seconds=first_seconds(command.cursor, chosen.now),
            spacing_seconds=command.spacing_seconds,
        )

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

        if command.dry_run:
            run = self._restarter.rehearse(batch)
            with self._database.transaction() as connection:
                return json.dumps(tell(connection, run))
        self._restarter.perform(batch, receipt, tell)
        return receipt.text

    def extend(self, caller: Caller, path: str, command: Extend) -> str:
        """The life of one payload in S3.

        Raises:
            NotFound: it is none of ours.
            NotPossible: a real run, and nobody has its bytes any more.
        """
        receipt, warrant = Receipt(caller.claim), caller.warrant("extend", command)
        if not command.dry_run and receipt.known(self._database):
            return receipt.text
        found = self._extender.find(path)
        outlook = self._extender.outlook(found)
        finding = Finding(found.order_id, path, outlook.effect, outlook.why)
        answer: Answer = {"dryRun": command.dry_run, "path": path, "effect": outlook.effect, "detail": outlook.why}
        if command.dry_run:
            with self._database.transaction() as connection:
                audit.record(connection, warrant, finding)
            return json.dumps(answer)
        with refusals_audited(self._database, warrant, NotPossible):
            if outlook.effect == "refused":
                raise Refused(finding)
            self._extender.renew(found)
            with self._database.transaction() as connection:
                receipt.begin(connection)
                kept.renewed(connection, found)
                audit.record(connection, warrant, finding)
                receipt.keep(connection, answer)
        return receipt.text


def _following(batch: Batch, chosen: Chosen, run: Run) -> BatchCursor | None:
    """Where the next request goes on; None if this one has reached nothing."""
    if not run.reached:
        return None
    last = run.reached[-1]
    seconds = batch.until_seconds(len(run.outcomes))
    return BatchCursor(at=chosen.made_at[last], id=last, paced_until=chosen.now + timedelta(seconds=seconds))

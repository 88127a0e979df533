"""The operators' writes: a dry run tells what would happen, a real one does it once for its idempotency key."""

import json
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Database
from services.common.errors import NotRestartable
from services.common.idempotency import Claim
from services.orchestrator import expiry, listing
from services.orchestrator.audit import Warrant
from services.orchestrator.expiry import Extender
from services.orchestrator.model import BulkRestart, Command, Extend, Paced, Redrive, Restart
from services.orchestrator.receipts import Answer, Receipt
from services.orchestrator.redrive import Redriver
from services.orchestrator.restarts import Batch, Outcome, Restarter
from services.orchestrator.stages import Effect


@dataclass(frozen=True)
class Caller:
    """The operator, and the claim of the request if it came with an idempotency key."""

    operator: UUID
    claim: Claim | None

    def warrant(self, action: str, command: Command) -> Warrant:
        """By whose leave the action is taken."""
        return Warrant(self.operator, action, command.reason, command.dry_run)


class Commands:
    """Carries the operators' writes out; each answers the JSON text that a repetition gets again."""

    def __init__(self, database: Database, restarter: Restarter, redriver: Redriver, extender: Extender) -> None:
        self._database = database
        self._restarter = restarter
        self._redriver = redriver
        self._extender = extender

    def restart(self, caller: Caller, order_id: UUID, command: Restart) -> str:
        """One order.

        Raises:
            NotRestartable: a real run, and the order cannot go on from there.
        """

        def tell(outcomes: list[Outcome]) -> Answer:
            if outcomes[0].plan.effect is Effect.REFUSED and not command.dry_run:
                raise NotRestartable(outcomes[0].plan.why)
            return {"dryRun": command.dry_run, **outcomes[0].document()}

        batch = Batch([order_id], command.stage, caller.warrant("restart", command))
        if command.dry_run:
            return json.dumps(tell(self._restarter.rehearse(batch)))
        receipt = Receipt(caller.claim)
        if not receipt.known(self._database):
            self._restarter.perform(batch, receipt, tell)
        return receipt.text

    def restart_many(self, caller: Caller, command: BulkRestart) -> str:
        """Every order of a filter; `more` says that the limit may have left some for the next request."""

        def tell(outcomes: list[Outcome]) -> Answer:
            shown = [outcome.document() for outcome in outcomes]
            return {"dryRun": command.dry_run, "orders": shown, "more": len(chosen) == command.limit}

        receipt = Receipt(caller.claim)
        if not command.dry_run and receipt.known(self._database):
            return receipt.text
        with self._database.transaction() as connection:
            chosen = listing.choose(connection, command.filter, command.limit)
        warrant = caller.warrant("restart", command)
        batch = Batch(chosen, command.stage, warrant, command.filter, _spacing(command))
        if command.dry_run:
            return json.dumps(tell(self._restarter.rehearse(batch)))
        self._restarter.perform(batch, receipt, tell)
        return receipt.text

    def redrive(self, caller: Caller, queue: str, command: Redrive) -> str:
        """The messages of a dead-letter queue."""
        warrant = caller.warrant("redrive", command)
        if command.dry_run:
            return json.dumps(self._redriver.rehearse(queue, command.limit, warrant))
        receipt = Receipt(caller.claim)
        if not receipt.known(self._database):
            self._redriver.perform(queue, command.limit, warrant, _spacing(command), receipt)
        return receipt.text

    def extend(self, caller: Caller, path: str, command: Extend) -> str:
        """The life of one payload in S3.

        Raises:
            NotFound: it is none of ours.
            NotRestartable: a real run, and nobody has its bytes any more.
        """
        receipt, warrant = Receipt(caller.claim), caller.warrant("extend", command)
        if not command.dry_run and receipt.known(self._database):
            return receipt.text
        kept = self._extender.find(path)
        outlook = self._extender.outlook(kept)
        answer: Answer = {"dryRun": command.dry_run, "path": path, "effect": outlook.effect, "detail": outlook.why}
        if not command.dry_run:
            if outlook.effect == "refused":
                raise NotRestartable(outlook.why)
            self._extender.renew(kept)
            with self._database.transaction() as connection:
                receipt.begin(connection)
                expiry.renewed(connection, kept)
                expiry.record(connection, warrant, kept, outlook)
                receipt.keep(connection, answer)
            return receipt.text
        with self._database.transaction() as connection:
            expiry.record(connection, warrant, kept, outlook)
        return json.dumps(answer)


def _spacing(command: Paced) -> float:
    return 60 / command.per_minute

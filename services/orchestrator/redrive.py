"""Dead letters back to work: each message whose path is known restarts its order from the queue's stage.

Nothing of ours is sent from here: the relay is the only sender, so a redrive is a restart, and the message is deleted
once that is committed. Only messages that their producer never sends again, SES's events, are put back on their queue.
A message that is none of ours, or whose order cannot go on, stays, with the reason in the answer, until somebody
discards it.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.common.database import Connection, Database
from services.orchestrator import audit
from services.orchestrator.audit import Finding, Warrant
from services.orchestrator.callers import Caller
from services.orchestrator.cursors import RedriveCursor
from services.orchestrator.letters import Judged, judge_all
from services.orchestrator.model import Redrive
from services.orchestrator.pace import first_seconds
from services.orchestrator.queues import DeadLetters, Held
from services.orchestrator.receipts import Answer, Receipt
from services.orchestrator.restarts import Batch, Outcome, Restarter, Run
from services.orchestrator.stages import Stage

SHOWN = 10
"""Messages of each queue that the list shows."""


@dataclass(frozen=True)
class _Errand:
    """One redrive: of what, by whose leave, and when by the database's clock."""

    queue: str
    judged: tuple[Judged, ...]
    warrant: Warrant
    command: Redrive
    receipt: Receipt
    now: datetime

    @property
    def full(self) -> bool:
        """Whether there may be more messages than these."""
        return len(self.judged) == self.command.limit

    def following(self, handed_over: int, *, more: bool) -> str | None:
        """The answer's `next`; a dry run has none, because what it has looked at is there again."""
        if self.command.dry_run or not more:
            return None
        seconds = first_seconds(self.command.cursor, self.now) + handed_over * self.command.spacing_seconds
        return RedriveCursor(paced_until=self.now + timedelta(seconds=seconds)).encode()


class Redriver:
    """Looks into the dead-letter queues, and empties them by restarts."""

    def __init__(self, database: Database, dead_letters: DeadLetters, restarter: Restarter) -> None:
        self._database = database
        self._dead_letters = dead_letters
        self._restarter = restarter

    def queues(self) -> list[dict[str, object]]:
        """Every dead-letter queue with its depth and a few of its messages."""
        return [self._queue(name) for name in self._dead_letters.names]

    def redrive(self, caller: Caller, queue: str, command: Redrive) -> str:
        """The messages of one queue; `waiting` tells about how many there were, a `next` that there may be more.

        Raises:
            NotFound: there is no such queue.
            Unavailable: the queue, S3 or the database does not answer; the messages stay.
        """
        receipt = Receipt(caller.claim)
        if not command.dry_run and receipt.known(self._database):
            return receipt.text
        with self._dead_letters.held(queue, command.limit) as hand:
            with self._database.transaction() as connection:
                clock = connection.execute("SELECT now() AS now").fetchone()
                judged = tuple(judge_all(connection, queue, hand.letters))
            if clock is None:
                raise LookupError("the database has no clock")
            errand = _Errand(queue, judged, caller.warrant("redrive", command), command, receipt, clock["now"])
            if self._dead_letters.takes_back(queue):
                return self._put_back(errand, hand)
            return self._restart(errand, hand)

    def _restart(self, errand: _Errand, hand: Held) -> str:
        command = errand.command
        order_ids = list(dict.fromkeys(one.order_id for one in errand.judged if one.order_id is not None))
        batch = Batch(
            order_ids,
            Stage(errand.queue),
            errand.warrant,
            first_seconds=first_seconds(command.cursor, errand.now),
            spacing_seconds=command.spacing_seconds,
        )

        waiting = self._dead_letters.depth(errand.queue)

        def tell(connection: Connection, run: Run) -> Answer:
            outcomes = {outcome.order_id: outcome for outcome in run.outcomes}
            for stray in errand.judged:
                if stray.order_id is None:
                    audit.record(connection, errand.warrant, stray.finding(errand.queue, "stays"))
            return {
                "dryRun": command.dry_run,
                "queue": errand.queue,
                "orders": [outcome.document() for outcome in run.outcomes],
                "messages": [_told(one, outcomes) for one in errand.judged],
                "waiting": waiting,
                "next": errand.following(len(outcomes), more=errand.full or len(run.reached) < len(order_ids)),
            }

        if command.dry_run:
            run = self._restarter.rehearse(batch)
            with self._database.transaction() as connection:
                return json.dumps(tell(connection, run))
        run = self._restarter.perform(batch, errand.receipt, tell)
        gone = {outcome.order_id for outcome in run.outcomes if not outcome.refused}
        hand.finish(one.letter for one in errand.judged if one.order_id in gone)
        if errand.full:
            hand.hide()
        return errand.receipt.text

    def _put_back(self, errand: _Errand, hand: Held) -> str:
        command, why = errand.command, f"its producer never sends it again: back to '{errand.queue}' as it is"
        answer: Answer = {
            "dryRun": command.dry_run,
            "queue": errand.queue,
            "orders": [],
            "messages": [one.document("back", why) for one in errand.judged],
            "waiting": self._dead_letters.depth(errand.queue),
            "next": errand.following(len(errand.judged), more=errand.full),
        }
        if not command.dry_run:
            first = first_seconds(command.cursor, errand.now)
            # Before the commit: what is sent twice is recorded once, what is not sent would be lost.
            for place, one in enumerate(errand.judged):
                self._dead_letters.put_back(errand.queue, one.letter, first + place * command.spacing_seconds)
        with self._database.transaction() as connection:
            if not command.dry_run:
                errand.receipt.begin(connection)
            finding = Finding(None, errand.queue, "back", f"{len(errand.judged)} messages: {why}")
            audit.record(connection, errand.warrant, finding)
            if command.dry_run:
                return json.dumps(answer)
            errand.receipt.keep(connection, answer)
        hand.finish(hand.letters)
        return errand.receipt.text

    def _queue(self, name: str) -> dict[str, object]:
        shown = self._dead_letters.take(name, SHOWN, hold_seconds=0)
        with self._database.transaction() as connection:
            judged = judge_all(connection, name, shown)
        returns = self._dead_letters.takes_back(name)
        return {
            "queue": name,
            "waiting": self._dead_letters.depth(name),
            "messages": [one.document("waits", "a redrive puts it back" if returns else None) for one in judged],
        }


def _told(judged: Judged, outcomes: dict[UUID, Outcome]) -> dict[str, object]:
    if judged.order_id is None:
        return judged.document("stays")
    outcome = outcomes.get(judged.order_id)
    if outcome is None:
        return judged.document("stays", "the time of this request was up before its order; ask again")
    if outcome.refused:
        return judged.document("stays", outcome.plan.why)
    return judged.document("leaves", outcome.plan.why)

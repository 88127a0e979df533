"""Dead letters back to work: each message whose path is known restarts its order from the queue's stage.

Nothing of ours is sent from here: the relay is the only sender, so a redrive is a restart, and the message is deleted
once that is committed. Only messages that their producer never sends again, SES's events, are put back on their queue.
A message that is none of ours, or whose order cannot go on, stays, with the reason in the answer, until somebody
discards it.
"""

from services.common.database import Connection, Database
from services.orchestrator import audit, clock
from services.orchestrator.audit import Finding
from services.orchestrator.batches import Run
from services.orchestrator.callers import Caller
from services.orchestrator.commands import Redrive
from services.orchestrator.errands import Errand, told
from services.orchestrator.held import Held
from services.orchestrator.letters import judge_all
from services.orchestrator.queues import DeadLetters
from services.orchestrator.receipts import Answer, Receipt
from services.orchestrator.restarts import Restarter


class Redriver:
    """Empties the dead-letter queues by restarts."""

    def __init__(self, database: Database, dead_letters: DeadLetters, restarter: Restarter) -> None:
        self._database = database
        self._dead_letters = dead_letters
        self._restarter = restarter

    def redrive(self, caller: Caller, queue: str, command: Redrive) -> str:
        """The messages of one queue; `waiting` tells about how many there were, a `next` that there may be more.

        Raises:
            NotFound: there is no such queue.
            Unavailable: the queue, S3 or the database does not answer; the messages stay.
        """
        receipt, warrant = caller.receipt(command), caller.warrant("redrive", command)
        if receipt.known(self._database):
            return receipt.text
        with self._dead_letters.held(queue, command.limit) as hand:
            with self._database.transaction() as connection:
                judged = tuple(judge_all(connection, queue, hand.letters))
                errand = Errand(queue, judged, warrant, command, clock.now(connection))
            if self._dead_letters.takes_back(queue):
                self._put_back(errand, receipt, hand)
            else:
                self._restart(errand, receipt, hand)
        return receipt.text

    def _restart(self, errand: Errand, receipt: Receipt, hand: Held) -> None:
        batch = errand.batch()
        waiting = self._dead_letters.depth(errand.queue)

        def tell(connection: Connection, run: Run) -> Answer:
            outcomes = {outcome.order_id: outcome for outcome in run.outcomes}
            for stray in errand.judged:
                if stray.order_id is None:
                    audit.record(connection, errand.warrant, stray.finding(errand.queue, "stays"))
            return {
                "dryRun": errand.command.dry_run,
                "queue": errand.queue,
                "orders": [outcome.document() for outcome in run.outcomes],
                "messages": [told(one, outcomes) for one in errand.judged],
                "waiting": waiting,
                "next": errand.following(len(outcomes), more=errand.full or len(run.reached) < len(batch.order_ids)),
            }

        run = self._restarter.restart(batch, receipt, tell)
        if errand.command.dry_run:
            return
        gone = {outcome.order_id for outcome in run.outcomes if not outcome.refused}
        hand.finish(one.letter for one in errand.judged if one.order_id in gone)
        if errand.full:
            hand.hide()

    def _put_back(self, errand: Errand, receipt: Receipt, hand: Held) -> None:
        why = f"its producer never sends it again: back to '{errand.queue}' as it is"
        answer: Answer = {
            "dryRun": errand.command.dry_run,
            "queue": errand.queue,
            "orders": [],
            "messages": [one.document("back", why) for one in errand.judged],
            "waiting": self._dead_letters.depth(errand.queue),
            "next": errand.following(len(errand.judged), more=errand.full),
        }
        if not errand.command.dry_run:
            # Before the commit: what is sent twice is recorded once, what is not sent would be lost.
            for place, one in enumerate(errand.judged):
                self._dead_letters.put_back(errand.queue, one.letter, errand.pace.seconds(place))
        with self._database.transaction() as connection:
            receipt.begin(connection)
            finding = Finding(None, errand.queue, "back", f"{len(errand.judged)} messages: {why}")
            audit.record(connection, errand.warrant, finding)
            receipt.keep(connection, answer)
        if not errand.command.dry_run:
            hand.finish(hand.letters)

"""Throwing dead letters away that nobody needs any more: one by one, with a reason, and never out of the audit."""

from services.common.database import Database
from services.orchestrator import audit
from services.orchestrator.callers import Caller
from services.orchestrator.commands import Discard
from services.orchestrator.letters import judge_all
from services.orchestrator.queues import DeadLetters
from services.orchestrator.receipts import Answer

SEARCHED = 500
"""Messages among which those to be discarded are looked for."""


class Discarder:
    """Takes messages off the dead-letter queues for good."""

    def __init__(self, database: Database, dead_letters: DeadLetters) -> None:
        self._database = database
        self._dead_letters = dead_letters

    def discard(self, caller: Caller, queue: str, command: Discard) -> str:
        """Throws messages away; the audit keeps what they were.

        Raises:
            NotFound: there is no such queue.
            Unavailable: the queue or the database does not answer; the messages stay.
        """
        receipt, warrant = caller.receipt(command), caller.warrant("discard", command)
        if receipt.known(self._database):
            return receipt.text
        with self._dead_letters.held(queue, SEARCHED) as hand:
            found = [letter for letter in hand.letters if letter.id in command.messages]
            with self._database.transaction() as connection:
                judged = judge_all(connection, queue, found)
                answer: Answer = {
                    "dryRun": command.dry_run,
                    "queue": queue,
                    "messages": [one.document("discard") for one in judged],
                    "notFound": sorted(set(command.messages) - {letter.id for letter in found}),
                }
                receipt.begin(connection)
                keeps_bodies = not self._dead_letters.takes_back(queue)
                for one in judged:
                    audit.record(connection, warrant, one.finding(queue, "discard", with_body=keeps_bodies))
                receipt.keep(connection, answer)
            if not command.dry_run:
                # Only now is the audit committed: without it nothing may be deleted.
                hand.finish(found)
        return receipt.text

"""Dead letters back to work: each message whose path is known restarts its order from the queue's stage.

Nothing is sent from here: the relay is the only sender, so a redrive is a restart, and the message is deleted once that
is committed. A message that is none of ours, or whose order cannot go on, stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.common.consumer import path_of
from services.common.database import Database
from services.common.errors import Poison
from services.orchestrator.audit import Warrant
from services.orchestrator.queues import DeadLetters, Letter
from services.orchestrator.receipts import Answer, Receipt
from services.orchestrator.restarts import Batch, Outcome, Restarter
from services.orchestrator.stages import Effect, Stage

SHOWN = 10
"""Messages of each queue that the list shows."""


@dataclass(frozen=True)
class Sorted:
    """Messages by what the database knows of them; several may be about the same order."""

    known: tuple[tuple[Letter, UUID], ...]
    unknown: tuple[Letter, ...]

    @property
    def order_ids(self) -> list[UUID]:
        """The orders that the known messages are about, each once."""
        return list(dict.fromkeys(order_id for _, order_id in self.known))


class Redriver:
    """Looks into the dead-letter queues, and empties them by restarts."""

    def __init__(self, database: Database, dead_letters: DeadLetters, restarter: Restarter) -> None:
        self._database = database
        self._dead_letters = dead_letters
        self._restarter = restarter

    def queues(self) -> list[dict[str, object]]:
        """Every dead-letter queue with its depth and a few of its messages."""
        return [self._queue(name) for name in self._dead_letters.names]

    def rehearse(self, queue: str, limit: int, warrant: Warrant) -> Answer:
        """What a redrive would come to; the messages stay."""
        found = self._sort(queue, self._dead_letters.take(queue, limit, hold_seconds=0))
        outcomes = self._restarter.rehearse(_batch(queue, found, warrant)) if found.known else []
        return _told(queue, outcomes, found.unknown, dry_run=True)

    def perform(self, queue: str, limit: int, warrant: Warrant, spacing_seconds: float, receipt: Receipt) -> None:
        """Restarts the orders of the messages, then deletes these; the answer is kept in the receipt."""
        found = self._sort(queue, self._dead_letters.take(queue, limit))
        batch = _batch(queue, found, warrant, spacing_seconds)
        try:
            outcomes = self._restarter.perform(
                batch, receipt, lambda outcomes: _told(queue, outcomes, found.unknown, dry_run=False)
            )
        except Exception:
            for letter in (*(letter for letter, _ in found.known), *found.unknown):
                self._dead_letters.release(queue, letter)
            raise
        refused = {outcome.order_id for outcome in outcomes if outcome.plan.effect is Effect.REFUSED}
        for letter, order_id in found.known:
            if order_id in refused:
                self._dead_letters.release(queue, letter)
            else:
                self._dead_letters.delete(queue, letter)
        for letter in found.unknown:
            self._dead_letters.release(queue, letter)

    def _queue(self, name: str) -> dict[str, object]:
        shown = self._dead_letters.take(name, SHOWN, hold_seconds=0)
        orders = {letter.id: order_id for letter, order_id in self._sort(name, shown).known}
        return {
            "queue": name,
            "waiting": self._dead_letters.depth(name),
            "messages": [
                {"id": one.id, "body": one.body[:500], "orderId": str(orders[one.id]) if one.id in orders else None}
                for one in shown
            ],
        }

    def _sort(self, queue: str, letters: Sequence[Letter]) -> Sorted:
        paths = {letter.id: path for letter in letters if (path := _path(letter)) is not None}
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT path, order_id FROM outbox WHERE queue = %s AND path = ANY(%s)", (queue, list(paths.values()))
            ).fetchall()
        orders = {row["path"]: row["order_id"] for row in rows}
        known = tuple((one, orders[paths[one.id]]) for one in letters if paths.get(one.id) in orders)
        return Sorted(known, tuple(one for one in letters if paths.get(one.id) not in orders))


def _path(letter: Letter) -> str | None:
    try:
        return path_of(letter.body)
    except Poison:
        return None


def _batch(queue: str, found: Sorted, warrant: Warrant, spacing_seconds: float = 0) -> Batch:
    # A queue whose messages carry no path of ours has no known ones, and no stage.
    stage = Stage(queue) if found.known else None
    return Batch(found.order_ids, stage, warrant, spacing_seconds=spacing_seconds)


def _told(queue: str, outcomes: list[Outcome], unknown: Sequence[Letter], *, dry_run: bool) -> Answer:
    return {
        "dryRun": dry_run,
        "queue": queue,
        "orders": [outcome.document() for outcome in outcomes],
        "unknownMessages": len(unknown),
    }

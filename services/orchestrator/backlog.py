"""`GET /operations/dead-letters`: how much waits on each dead-letter queue, and the first of it."""

from services.common.database import Database
from services.orchestrator.letters import judge_all
from services.orchestrator.queues import DeadLetters

SHOWN = 10
"""Messages of each queue that the list shows."""


def backlog(database: Database, dead_letters: DeadLetters) -> list[dict[str, object]]:
    """Every dead-letter queue with its depth and a few of its messages.

    Raises:
        Unavailable: a queue or the database does not answer.
    """
    return [_queue(database, dead_letters, name) for name in dead_letters.names]


def _queue(database: Database, dead_letters: DeadLetters, name: str) -> dict[str, object]:
    shown = dead_letters.take(name, SHOWN, hold_seconds=0)
    with database.transaction() as connection:
        judged = judge_all(connection, name, shown)
    returns = dead_letters.takes_back(name)
    return {
        "queue": name,
        "waiting": dead_letters.depth(name),
        "messages": [one.document("waits", "a redrive puts it back" if returns else None) for one in judged],
    }

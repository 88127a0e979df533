"""What the note is made of, found by indexes of what is open: done orders are very many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.common.database import Connection
from services.common.errors import Unavailable
from services.orchestrator.handover import questions
from services.orchestrator.handover.entries import (
    HandoverCase,
    HandoverCases,
    HandoverChange,
    HandoverDiscrepancy,
    HandoverDocument,
    HandoverOrder,
    HandoverQueue,
    HandoverState,
)
from services.orchestrator.handover.views import Handover, HandoverNumbers
from services.orchestrator.queues import DeadLetters

OLDEST = 10
"""Things of each kind that a note names."""
LETTERS = 50
"""Messages of a dead-letter queue among which the oldest is looked for: SQS tells of none without showing it."""
LATE_SECONDS = 900
"""How old a document without a mail is before it is worth a word."""
WAITING = frozenset({"OPEN", "WAITING_FOR_SUPPORT"})
"""The cases that wait for us."""


@dataclass(frozen=True)
class Switch:
    """A change of the writer that has no note yet; the fields are those of `HandoverSummary`."""

    epoch: int
    from_region: str | None
    to_region: str | None
    lost: str | None
    since: datetime
    made_at: datetime


def queues(dead_letters: DeadLetters) -> tuple[HandoverQueue, ...]:
    """This region's dead-letter queues; one that does not answer holds up no note."""
    return tuple(_queue(dead_letters, name) for name in dead_letters.names)


def gather(connection: Connection, switch: Switch, made_in: str, letters: Sequence[HandoverQueue]) -> Handover:
    """The note of the switch, with what waits at the moment."""
    states = [HandoverState.of_row(row) for row in _rows(connection, questions.UNFINISHED)]
    cases = [HandoverCases.of_row(row) for row in _rows(connection, questions.CASES)]
    changes = {row["state"]: row["count"] for row in _rows(connection, questions.CHANGES)}
    depths = [queue.waiting for queue in letters if queue.waiting is not None]
    numbers = HandoverNumbers(
        parked_orders=_count(connection, questions.PARKED_COUNT),
        unfinished_orders=sum(state.count for state in states),
        dead_letters=sum(depths) if len(depths) == len(letters) else None,
        waiting_cases=sum(case.count for case in cases if case.status in WAITING),
        open_cases=sum(case.count for case in cases),
        waiting_changes=sum(changes.values()),
        parked_changes=changes.get("PARKED", 0),
        waiting_cancellations=_count(connection, questions.CANCELLATIONS),
        discrepancies=_count(connection, questions.DISCREPANCY_COUNT),
        unmailed_documents=_count(connection, questions.UNMAILED_COUNT),
    )
    return Handover(
        **vars(switch),
        made_in=made_in,
        numbers=numbers,
        parked=tuple(map(HandoverOrder.of_row, _rows(connection, questions.PARKED))),
        unfinished=tuple(states),
        dead_letter_queues=tuple(letters),
        cases=tuple(cases),
        cases_for_us=tuple(map(_case, _rows(connection, questions.CASES_FOR_US))),
        changes=tuple(map(HandoverChange.of_row, _rows(connection, questions.PARKED_CHANGES))),
        discrepancies=tuple(map(HandoverDiscrepancy.of_row, _rows(connection, questions.DISCREPANCIES))),
        unmailed=tuple(map(HandoverDocument.of_row, _rows(connection, questions.UNMAILED))),
    )


def _queue(dead_letters: DeadLetters, name: str) -> HandoverQueue:
    try:
        shown = dead_letters.take(name, LETTERS, hold_seconds=0)
        waiting = dead_letters.depth(name)
    except Unavailable:
        return HandoverQueue(queue=name, waiting=None, oldest_sent_at=None)
    oldest = min((letter.sent_at for letter in shown if letter.sent_at is not None), default=None)
    return HandoverQueue(queue=name, waiting=waiting, oldest_sent_at=oldest)


def _case(row: dict[str, Any]) -> HandoverCase:
    return HandoverCase.of_row(row, reference=f"CASE-{row['number']:06d}")


def _rows(connection: Connection, question: str) -> list[dict[str, Any]]:
    return connection.execute(question.encode(), {"oldest": OLDEST, "late": LATE_SECONDS}).fetchall()


def _count(connection: Connection, question: str) -> int:
    [row] = _rows(connection, question)
    return int(row["count"])

"""The note as a mail: numbers first, for somebody at seven in the morning; pure, from the note alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.manifests.email import EmailManifest
from services.orchestrator.handover import lists
from services.orchestrator.handover.views import Handover
from services.orchestrator.handover.wording import ago, at, counted

_TITLE_LIMIT = 200


class _Waiting(Protocol):
    """Something with the moment since when it waits."""

    @property
    def since(self) -> datetime: ...


def letter(note: Handover, to: str) -> EmailManifest:
    """The mail; marked as important if a region was lost."""
    paragraphs = (_switch(note), _loss(note), _numbers(note), *lists.of(note), _where(note))
    body = "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"
    return EmailManifest(title=_title(note)[:_TITLE_LIMIT], body=body, to=to, important=note.lost is not None)


def _title(note: Handover) -> str:
    numbers = note.numbers
    waiting = (
        (numbers.parked_orders, "parked order", "parked orders"),
        (numbers.dead_letters, "dead letter", "dead letters"),
        (numbers.waiting_cases, "case for us", "cases for us"),
        (numbers.discrepancies, "discrepancy", "discrepancies"),
    )
    told = ", ".join(counted(*one) for one in waiting if one[0] != 0) or "nothing waits for a person"
    lost = f"{note.lost} is lost, " if note.lost else ""
    return f"{lost}hand-over to {_place(note)}, epoch {note.epoch}: {told}"


def _switch(note: Handover) -> str:
    if note.from_region is None:
        moved = f"The writer moved to {_place(note)}"
    elif note.from_region == note.to_region:
        moved = f"The writer began anew in {_place(note)}"
    else:
        moved = f"The writer moved from {note.from_region} to {_place(note)}"
    return f"{moved} on {at(note.since)} (epoch {note.epoch}).\nAs of {at(note.made_at)}:"


def _loss(note: Handover) -> str:
    if note.lost is None:
        return ""
    return (
        f"THE REGION {note.lost} IS LOST: it did not hand over.\n"
        "What was written there last may be missing here. Look at the discrepancies, and again in a few minutes.\n"
        "Its dead letters are out of reach, and what its queues held is sent again from here."
    )


def _numbers(note: Handover) -> str:
    sums = note.numbers
    urgent = sum(one.count for one in note.cases if one.status != "WAITING_FOR_CUSTOMER" and one.priority == "URGENT")
    sent = min((queue.oldest_sent_at for queue in note.dead_letter_queues if queue.oldest_sent_at), default=None)
    oldest_letter = f", the oldest sent {ago(sent, note.made_at)} ago" if sent else ""
    return "\n".join(
        (
            f"{counted(sums.parked_orders, 'order')} parked{_oldest(note, note.parked)}",
            f"{counted(sums.unfinished_orders, 'order')} on the way{_oldest(note, note.unfinished)}",
            f"{counted(sums.dead_letters, 'dead letter')} in {note.made_in}{oldest_letter}",
            f"{counted(sums.waiting_cases, 'case')} for us to answer ({urgent} urgent), of {sums.open_cases} open",
            f"{counted(sums.parked_changes, 'change')} of licences parked, of {sums.waiting_changes} not finished",
            f"{counted(sums.waiting_cancellations, 'order')} to be cancelled",
            f"{counted(sums.discrepancies, 'sale')} at the cloud provider without a fitting order",
            f"{counted(sums.unmailed_documents, 'document')} without the mail{_oldest(note, note.unmailed)}",
        )
    )


def _where(note: Handover) -> str:
    return (
        f"This note as data: GET /operations/handovers/{note.epoch}\n"
        "How it is now: GET /operations/orders?state=PARKED, GET /operations/writer\n"
        "Dead letters of each region, at its own address: GET /operations/dead-letters"
    )


def _oldest(note: Handover, waiting: Sequence[_Waiting]) -> str:
    first = min((one.since for one in waiting), default=None)
    return f", the oldest for {ago(first, note.made_at)}" if first else ""


def _place(note: Handover) -> str:
    return note.to_region or "a region without a name"

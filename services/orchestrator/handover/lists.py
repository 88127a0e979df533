"""What a person has to do something about, named one by one under the numbers of the mail; pure, as the mail is."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from services.orchestrator.handover.entries import HandoverQueue
from services.orchestrator.handover.views import Handover
from services.orchestrator.handover.wording import ago, line, listed

_Age = Callable[[datetime], str]


def of(note: Handover) -> Iterator[str]:
    """The note's lists, each a paragraph; one without entries is empty."""
    numbers, age = note.numbers, partial(ago, now=note.made_at)
    yield listed(
        f"Parked orders{_share(note.parked, numbers.parked_orders)}",
        (f"{one.id}, {line(one.customer)}, for {age(one.since)}: {line(one.reason)}" for one in note.parked),
    )
    yield listed(
        "Orders on the way, and of each state the one that stands longest",
        (f"{one.state}: {one.count}, {one.oldest} for {age(one.since)}" for one in note.unfinished),
    )
    yield listed(
        f"Dead letters in {note.made_in}",
        (_queue(queue, age) for queue in note.dead_letter_queues if queue.waiting != 0),
    )
    yield listed(
        f"Cases that wait for us{_share(note.cases_for_us, numbers.waiting_cases, 'the most urgent')}",
        (
            f"{one.reference}, {one.priority}, {line(one.customer)}, for {age(one.since)}"
            f"{'' if one.assigned else ', nobody has it'}"
            for one in note.cases_for_us
        ),
    )
    yield listed(
        f"Parked changes of licences{_share(note.changes, numbers.parked_changes)}",
        (
            f"{one.id}, {one.kind}, {line(one.customer)}, for {age(one.since)}: {line(one.reason)}"
            for one in note.changes
        ),
    )
    yield listed(
        f"Sales without a fitting order{_share(note.discrepancies, numbers.discrepancies)}",
        (
            f"{one.transaction_id}, {one.kind}, {f'order {one.order_id}' if one.order_id else 'no order of ours'}, "
            f"for {age(one.since)}{f': {line(one.refusal)}' if one.refusal else ''}"
            for one in note.discrepancies
        ),
    )
    yield listed(
        f"Invoices and credit notes without the mail{_share(note.unmailed, numbers.unmailed_documents)}",
        (f"{one.number}, order {one.order_id}, {line(one.customer)}, for {age(one.since)}" for one in note.unmailed),
    )


def _queue(queue: HandoverQueue, age: _Age) -> str:
    if queue.waiting is None:
        return f"{queue.queue}: the queue did not answer"
    oldest = f", the oldest sent {age(queue.oldest_sent_at)} ago" if queue.oldest_sent_at else ""
    return f"{queue.queue}: {queue.waiting}{oldest}"


def _share(shown: Sequence[object], count: int, which: str = "the oldest") -> str:
    return f", {which} {len(shown)} of {count}" if count > len(shown) else ""

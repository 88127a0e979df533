"""What the keys in a payload bucket tell of orders, numbers and mails; pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.common.pipeline.outbox import PATH
from services.document.remains import Entry

_NUMBER = re.compile(r"numbers/(?P<series>[A-Z0-9-]{1,40})/(?P<number>[1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Witness:
    """A number that was given out."""

    series: str
    number: int
    put_at: datetime

    @property
    def key(self) -> str:
        """Its object."""
        return f"numbers/{self.series}/{self.number}"


@dataclass(frozen=True)
class Holder:
    """Whose a number is, as its witness has it: an order's, or of a credit note of it."""

    order_id: UUID
    request_id: UUID | None

    @classmethod
    def of(cls, text: str) -> "Holder | None":
        """The holder that a witness object names; None if it names none."""
        try:
            order, _, request = text.partition(" ")
            return cls(UUID(order), UUID(request) if request else None)
        except ValueError:
            return None


@dataclass
class Traces:
    """What was put into a bucket since a moment, and the largest number of every series that it has a witness of.

    Attributes:
        witnesses: of numbers.
        documents: the payloads that documents were printed from, by their orders.
        mails: the payloads of mails that were handed over before the loss, with their orders.
        orders: those that something was handed over for.
        largest: by series, whenever it was given.
    """

    witnesses: list[Witness] = field(default_factory=list)
    documents: defaultdict[UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    mails: dict[str, UUID] = field(default_factory=dict)
    orders: set[UUID] = field(default_factory=set)
    largest: dict[str, int] = field(default_factory=dict)


def traces(entries: Iterable[Entry], since: datetime, lost_at: datetime) -> Traces:
    """What was put since the first moment; of mails, which are handed over after the loss as well, until the second."""
    found = Traces()
    for entry in entries:
        recent = entry.put_at >= since
        if number := _NUMBER.fullmatch(entry.key):
            series, value = number["series"], int(number["number"])
            found.largest[series] = max(found.largest.get(series, 0), value)
            if recent:
                found.witnesses.append(Witness(series, value, entry.put_at))
        elif recent and PATH.fullmatch(entry.key):
            _note(found, entry, lost_at)
    return found


def _note(found: Traces, entry: Entry, lost_at: datetime) -> None:
    _, order, stage, _ = entry.key.split("/")
    order_id = UUID(order)
    if stage != "email":  # which may be a letter, of no order
        found.orders.add(order_id)
    elif entry.put_at < lost_at:
        found.mails[entry.key] = order_id
    if stage == "document":
        found.documents[order_id].append(entry.key)

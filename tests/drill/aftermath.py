"""What a loss leaves behind that somebody is told of. It is shown, and breaks no invariant.

An order that was lost and is back has no key: who repeats the request finds it by its id. One that is parked may have
had its number, document and mail before the loss, which is why a person looks at it; and a message about what was
forgotten ends as a dead letter, for a person too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tests.chaos.checker import Books

_KEY = re.compile(r"I1: order (\S+) (?:is not stored under its key \S+|has lost its key)")
_DOCUMENT = re.compile(r"I3: a second document was made: [^/]+/([^/]+)/pdf/\S+")
_WITNESS = re.compile(r"I4: numbers/(\S+)/(\d+) is a witness of a number that nobody has")
_MAILED = re.compile(r"I5: (?:invoice|credit-note)-(\S+)-(\d+)\.(?:pdf|xml) was mailed and is no invoice")
_DEAD = re.compile(r"I6: (\d+) dead letters of the queue \S+ instead of 0")


@dataclass(frozen=True)
class Aftermath:
    """What is known of losses.

    Attributes:
        back: orders that the database had forgotten and that were made again.
        waiting: orders that are parked.
        numbers: those that the product knows to be given out and forgotten, and those whose witness names an order that
            is parked; each with its order.
    """

    back: frozenset[str]
    waiting: frozenset[str]
    numbers: Mapping[tuple[str, int], str]

    @classmethod
    def of(cls, books: Books) -> Self | None:
        """As the database and S3 have it; None if nothing was ever lost."""
        if not books.rows("SELECT epoch FROM writer_loss"):
            return None
        back = books.rows("SELECT order_id::text AS order FROM lost_order WHERE outcome IN ('RESTORED', 'PARKED')")
        waiting = books.rows("SELECT id::text AS order FROM sales_order WHERE state = 'PARKED'")
        parked = frozenset(str(row["order"]) for row in waiting)
        known = books.rows("SELECT series, number, order_id::text AS order FROM lost_number")
        numbers = {(str(row["series"]), int(row["number"])): str(row["order"]) for row in known}
        witnesses = ((path.split("/"), stored.text) for path, stored in books.objects().items())
        numbers |= {
            (parts[1], int(parts[2])): text.split()[0]
            for parts, text in witnesses
            if parts[0] == "numbers" and text and text.split()[0] in parked
        }
        return cls(frozenset(str(row["order"]) for row in back), parked, numbers)

    def explains(self, finding: str) -> bool:
        """Whether the finding is about an order that is back, or that waits for a person."""
        if hit := _KEY.fullmatch(finding):
            return hit[1] in self.back
        if hit := _DOCUMENT.fullmatch(finding):
            return hit[1] in self.waiting or hit[1] in self.numbers.values()
        if hit := _WITNESS.fullmatch(finding) or _MAILED.fullmatch(finding):
            return (hit[1], int(hit[2])) in self.numbers
        if hit := _DEAD.fullmatch(finding):
            return int(hit[1]) <= len(self.back | self.waiting)
        return False


def parted(books: Books, findings: Sequence[str]) -> tuple[list[str], list[str]]:
    """The findings that break an invariant, and those that a loss explains."""
    aftermath = Aftermath.of(books) if findings else None
    if aftermath is None:
        return list(findings), []
    explained = [finding for finding in findings if aftermath.explains(finding)]
    return [finding for finding in findings if finding not in explained], explained

"""What is lost and what is doubled, of books that are made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from tests.chaos.checker import Mail, Row, Sale, Stored
from tests.chaos.quantities import Holdings
from tests.drill.verdict import doubled, missing, parked


@dataclass
class Books:
    """Two orders that customers were told of, each sold, invoiced and mailed once."""

    stored: list[str] = field(default_factory=lambda: ["a", "b"])
    sold: list[str] = field(default_factory=lambda: ["a", "b"])
    invoiced: list[str] = field(default_factory=lambda: ["a", "b"])
    mailed: list[str] = field(default_factory=lambda: ["invoice-EU-1.pdf", "invoice-EU-2.pdf"])
    waiting: list[str] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=lambda: {"key-a": ["a"], "key-b": ["b", "b"]})

    def rows(self, query: str) -> list[Row]:
        if "FROM invoice" in query:
            return [{"order": order, "kind": "INVOICE", "revision": 1} for order in self.invoiced]
        if "PARKED" in query:
            return [{"order": order, "reason": f"the payload {order * 24}/1.pdf is missing"} for order in self.waiting]
        return [{"order": order} for order in self.stored]

    def sales(self) -> Sequence[Sale]:
        return [Sale(f"transaction-{place}", order, "customer", ()) for place, order in enumerate(self.sold)]

    def mails(self) -> Sequence[Mail]:
        return [Mail(f"mail-{place}", "", (), ((name, ""),)) for place, name in enumerate(self.mailed)]

    def accepted(self) -> Mapping[str, Sequence[tuple[str, int, bytes]]]:
        return {key: [(order, 201, b"") for order in orders] for key, orders in self.told.items()}

    def holdings(self) -> Holdings:
        return Holdings()

    def licences(self) -> Sequence[str]:
        return ()

    def in_clear(self) -> Sequence[str]:
        return ()

    def objects(self) -> Mapping[str, Stored]:
        return {}

    def depths(self) -> Mapping[str, tuple[int, int]]:
        return {}

    def poison(self) -> Mapping[str, int]:
        return {}


def test_what_is_there_once_is_neither_lost_nor_doubled() -> None:
    assert missing(Books()) == []
    assert doubled(Books()) == 0


def test_lost_is_what_a_customer_was_told_of_and_the_database_does_not_have() -> None:
    assert missing(Books(stored=["a", "somebody-else's"])) == ["b"]


@pytest.mark.parametrize(
    "books",
    [
        Books(sold=["a", "a", "b"]),
        Books(invoiced=["a", "b", "b"]),
        Books(mailed=["invoice-EU-1.pdf", "invoice-EU-1.pdf"]),
        Books(told={"key": ["a", "b"]}),
    ],
    ids=["sold", "invoiced", "mailed", "one key, two orders"],
)
def test_twice_is_doubled_wherever_it_is(books: Books) -> None:
    assert doubled(books) == 1


def test_what_nobody_here_was_told_of_is_not_counted() -> None:
    assert doubled(Books(sold=["a", "b", "c", "c"], invoiced=["a", "b", "c", "c"])) == 0


def test_orders_that_wait_for_a_person_for_one_reason_are_counted_together() -> None:
    assert parked(Books(waiting=["a", "b", "c"])) == {"the payload ... is missing": 2}
    assert parked(Books()) == {}

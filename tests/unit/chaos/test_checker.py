"""Each invariant is broken once, and the checker has to say so."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from tests.chaos.checker import Mail, Row, Sale, Stored, violations
from tests.chaos.quantities import Holdings

ORDER, CUSTOMER, TRANSACTION = str(UUID(int=1)), str(UUID(int=2)), str(UUID(int=3))
PDF = b"%PDF"
DIGEST = hashlib.sha256(PDF).hexdigest()


@dataclass
class Ledgers:
    """Books that add up: one order, sold, invoiced and mailed."""

    order: dict[str, Any] = field(
        default_factory=lambda: {
            "order": ORDER,
            "kind": "PURCHASE",
            "state": "EMAILED",
            "amount": 1,
            "reason": None,
            "customer_id": CUSTOMER,
            "ccp_transaction_id": TRANSACTION,
        }
    )
    keys: list[Row] = field(default_factory=lambda: [{"order_id": ORDER, "key": "k"}])
    held: list[str] = field(default_factory=lambda: ["L-1"])
    leaks: list[str] = field(default_factory=list)
    series: list[Row] = field(default_factory=lambda: [{"series": "EU", "last_number": 1, "numbers": [1]}])
    invoices: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "order": ORDER,
                "kind": "INVOICE",
                "revision": 1,
                "series": "EU",
                "number": 1,
                "invoice_number": "EU-000001",
                "document_path": "a.pdf",
                "document_sha256": DIGEST,
                "e_invoice_path": None,
                "e_invoice_sha256": None,
                "state": "EMAILED",
                "email": "a@b.example",
            }
        ]
    )
    outbox: list[Row] = field(default_factory=list)
    strangers: list[Row] = field(default_factory=list)
    sold: list[Sale] = field(default_factory=lambda: [Sale(TRANSACTION, ORDER, CUSTOMER, ("L-1",))])
    stored: dict[str, Stored] = field(
        default_factory=lambda: {"a.pdf": Stored(DIGEST), "numbers/EU/1": Stored("0", ORDER)}
    )
    sent: list[Mail] = field(
        default_factory=lambda: [Mail("m", "Invoice", ("a@b.example",), (("invoice-EU-000001.pdf", DIGEST),))]
    )
    waiting: dict[str, tuple[int, int]] = field(default_factory=lambda: {"email": (0, 0)})
    poisoned: dict[str, int] = field(default_factory=dict)
    told: dict[str, list[tuple[str, int, bytes]]] = field(default_factory=lambda: {"k": [(ORDER, 201, b"{}")]})

    def rows(self, query: str) -> list[Row]:
        if "AS what" in query:
            return self.strangers
        if "licence" in query:
            return []
        if "ccp_transaction_id" in query:
            return [self.order]
        if "idempotency_key" in query:
            return self.keys
        if "invoice_series" in query:
            return self.series
        return list(self.invoices) if "FROM invoice" in query else self.outbox

    def sales(self) -> Sequence[Sale]:
        return self.sold

    def holdings(self) -> Holdings:
        return Holdings()

    def licences(self) -> Sequence[str]:
        return self.held

    def in_clear(self) -> Sequence[str]:
        return self.leaks

    def objects(self) -> Mapping[str, Stored]:
        return self.stored

    def mails(self) -> Sequence[Mail]:
        return self.sent

    def depths(self) -> Mapping[str, tuple[int, int]]:
        return self.waiting

    def poison(self) -> Mapping[str, int]:
        return self.poisoned

    def accepted(self) -> Mapping[str, Sequence[tuple[str, int, bytes]]]:
        return self.told


def found(books: Ledgers) -> set[str]:
    return {finding.partition(":")[0] for finding in violations(books)}


def test_books_that_add_up_break_nothing() -> None:
    assert violations(Ledgers()) == []


def test_an_accepted_order_that_is_not_stored() -> None:
    assert found(Ledgers(told={"k": [(ORDER, 201, b"{}")], "l": [(str(UUID(int=9)), 202, b"")]})) == {"I1"}


def test_one_key_with_two_answers() -> None:
    assert found(Ledgers(told={"k": [(ORDER, 201, b"{}"), (ORDER, 201, b"{ }")]})) == {"I1"}


@pytest.mark.parametrize(
    "sold",
    [
        [],
        [Sale(TRANSACTION, ORDER, CUSTOMER, ("L-1",)), Sale("t", ORDER, CUSTOMER, ("L-2",))],
        [Sale(TRANSACTION, ORDER, CUSTOMER, ("L-1",)), Sale("t", "nobody", CUSTOMER, ("L-2",))],
        [Sale("another", ORDER, CUSTOMER, ("L-1",))],
        [Sale(TRANSACTION, ORDER, CUSTOMER, ("L-1", "L-2"))],
    ],
    ids=["none", "two", "an orphan", "another transaction", "another amount"],
)
def test_sales_that_are_not_the_orders(sold: list[Sale]) -> None:
    assert found(Ledgers(sold=sold)) == {"I2"}


def test_a_licence_that_was_not_kept() -> None:
    assert found(Ledgers(held=[])) == {"I2"}


def test_a_licence_key_that_does_not_open_or_lies_in_clear() -> None:
    assert found(Ledgers(held=["(that of L does not open)"])) == {"I2"}
    assert found(Ledgers(leaks=["a log"])) == {"I8"}


def test_two_invoices_of_one_revision() -> None:
    books = Ledgers()
    books.invoices.append(dict(books.invoices[0]))
    assert "I3" in found(books)


def test_an_e_invoice_beside_the_pdf_is_stored_and_mailed_like_it() -> None:
    books = Ledgers()
    books.invoices[0] |= {"e_invoice_path": "a.xml", "e_invoice_sha256": "x"}
    assert found(books) == {"I3", "I5"}
    books.stored["a.xml"] = Stored("x")
    books.sent = [
        Mail("m", "Invoice", ("a@b.example",), (("invoice-EU-000001.pdf", DIGEST), ("invoice-EU-000001.xml", "x")))
    ]
    assert found(books) == set()


def test_a_second_pdf() -> None:
    books = Ledgers()
    books.stored["b.pdf"] = Stored(DIGEST)
    assert found(books) == {"I3"}


def test_a_pdf_with_other_bytes() -> None:
    books = Ledgers()
    books.stored["a.pdf"] = Stored("other")
    assert found(books) == {"I3"}


@pytest.mark.parametrize("numbers", [[2], [1, 1], None])
def test_a_series_with_a_gap_or_a_repeat(numbers: list[int] | None) -> None:
    assert found(Ledgers(series=[{"series": "EU", "last_number": 1, "numbers": numbers}])) == {"I4"}


@pytest.mark.parametrize("holder", [None, "somebody else"])
def test_a_number_without_its_witness(holder: str | None) -> None:
    stored = {"a.pdf": Stored(DIGEST), **({"numbers/EU/1": Stored("0", holder)} if holder else {})}
    assert found(Ledgers(stored=stored)) == {"I4"}


def test_a_mail_that_is_missing_twice_or_misdirected() -> None:
    (mail,) = Ledgers().sent
    assert found(Ledgers(sent=[])) == {"I5"}
    assert found(Ledgers(sent=[mail, mail])) == {"I5"}
    assert found(Ledgers(sent=[Mail("m", "Invoice", ("x@y.example",), mail.files)])) == {"I5"}


@pytest.mark.parametrize("depth", [(1, 0), (0, 1)])
def test_a_queue_that_is_not_empty(depth: tuple[int, int]) -> None:
    assert found(Ledgers(waiting={"email": depth})) == {"I6"}


@pytest.mark.parametrize("dead", [0, 2])
def test_poison_that_is_not_a_dead_letter_and_dead_letters_that_are_no_poison(dead: int) -> None:
    assert found(Ledgers(waiting={"email": (0, dead)}, poisoned={"email": 1})) == {"I6"}
    assert found(Ledgers(waiting={"email": (0, 1)}, poisoned={"email": 1})) == set()


def test_an_order_that_stands_still_or_is_parked_without_a_reason() -> None:
    books = Ledgers()
    books.order["state"] = "PARKED"
    assert found(books) == {"I6"}
    books.order["state"] = "DOCUMENTED"
    assert found(books) == {"I6"}


def test_a_row_of_somebody_else() -> None:
    assert found(Ledgers(strangers=[{"what": ORDER}])) == {"I7"}
    assert found(Ledgers(sold=[Sale(TRANSACTION, ORDER, "somebody else", ("L-1",))])) == {"I7"}

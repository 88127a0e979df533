"""What the checker reads, wherever it stands written: the database, the CCP's ledger, S3, the mail sink, the queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from tests.chaos.quantities import Holdings

ENDED = frozenset({"EMAILED", "DONE", "REJECTED", "PARKED", "CANCELLED"})
SOLD = frozenset({"CONFIRMED", "INVOICED", "DOCUMENTED", "EMAILED", "DONE"})
INVOICED = frozenset({"INVOICED", "DOCUMENTED", "EMAILED", "DONE"})
MAILED = frozenset({"EMAILED", "DONE"})
BOUGHT, EXTENDED = "PURCHASE", "EXTEND"
"""Kinds of order: what a customer ordered, and the longer term of a licence, which is a change at the CCP and no sale.
"""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sale:
    """A sale in the CCP's ledger; `keys` are the licence keys that it issued."""

    transaction: str
    reference: str | None
    customer: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Mail:
    """A mail that the sink accepted; `files` are the attachments' names with their SHA-256."""

    id: str
    subject: str
    to: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Stored:
    """An object in S3: the hash of its bytes, its text if it is the witness of a number, and whether a key is in it."""

    sha256: str
    text: str = ""
    names_a_key: bool = False


class Books(Protocol):
    """Where the truth stands written."""

    def rows(self, query: str) -> list[Row]:
        """What the database answers."""

    def sales(self) -> Sequence[Sale]:
        """Every sale of the CCP that it has not cancelled."""

    def holdings(self) -> Holdings:
        """Every licence and change of licences at the CCP."""

    def licences(self) -> Sequence[str]:
        """The licence keys that we hold; in the place of one that does not open stands that it does not."""

    def in_clear(self) -> Sequence[str]:
        """Where a licence key lies in clear."""

    def objects(self) -> Mapping[str, Stored]:
        """Every object of the payload bucket."""

    def mails(self) -> Sequence[Mail]:
        """Every mail that was accepted for delivery."""

    def depths(self) -> Mapping[str, tuple[int, int]]:
        """Messages that wait and dead letters, by queue."""

    def accepted(self) -> Mapping[str, Sequence[tuple[str, int, bytes]]]:
        """What clients were told, by idempotency key: order, status and body of each accepting answer."""

    def poison(self) -> Mapping[str, int]:
        """Messages that a scenario has put on a queue and that have to end as its dead letters, by queue."""


@dataclass(frozen=True)
class Snapshot:
    """The books at one moment, each read once."""

    books: Books
    orders: Sequence[Row]
    invoices: Sequence[Row]
    sales: Sequence[Sale]
    objects: Mapping[str, Stored]

    @classmethod
    def of(cls, books: Books) -> Self:
        """Reads the books. The database comes first: what it knows of must exist elsewhere by then."""
        return cls(books, books.rows(ORDERS), books.rows(INVOICES), books.sales(), books.objects())


ORDERS = """
    SELECT id::text AS order, kind, state, amount, reason, customer_id::text, ccp_transaction_id::text FROM sales_order
"""


INVOICES = """
    SELECT o.id::text AS order, o.state, i.kind, i.revision, i.series, i.number, i.invoice_number, i.document_path,
        i.document_sha256, i.e_invoice_path, i.e_invoice_sha256, c.email
    FROM invoice i JOIN sales_order o ON o.id = i.order_id JOIN customer c ON c.id = o.customer_id
"""

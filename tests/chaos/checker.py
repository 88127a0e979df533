"""The invariants I1 to I9, checked from outside after every run.

Nothing of the services is used here: the database is read with plain SQL, the CCP's ledger and the mail sink from their
own records, S3 with a plain client. Each finding names the invariant and the thing that breaks it. Everything is read
once for a check; what is large is known by its hash.
"""

from collections.abc import Callable, Iterator

from tests.chaos.invariants import documents, endings, holdings, orders
from tests.chaos.truth import ENDED, Books, Mail, Row, Sale, Snapshot, Stored

__all__ = ["ENDED", "Books", "Mail", "Row", "Sale", "Stored", "unfinished", "violations"]

CHECKS: tuple[Callable[[Snapshot], Iterator[str]], ...] = (
    orders.i1, orders.i2, documents.i3, documents.i4, documents.i5, endings.i6, holdings.i7, holdings.i8, holdings.i9,
)  # fmt: skip


def violations(books: Books) -> list[str]:
    """What breaks an invariant; empty if everything adds up."""
    seen = Snapshot.of(books)
    return [finding for check in CHECKS for finding in check(seen)]


def unfinished(books: Books) -> int:
    """Orders that are still on their way."""
    ended = ", ".join(f"'{state}'" for state in sorted(ENDED))
    return int(books.rows(f"SELECT count(*) AS n FROM sales_order WHERE state NOT IN ({ended})")[0]["n"])

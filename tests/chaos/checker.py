"""The invariants I1 to I9, checked from outside after every run.

Nothing of the services is used here: the database is read with plain SQL, the CCP's ledger and the mail sink from their
own records, S3 with a plain client. Each finding names the invariant and the thing that breaks it. Everything is read
once for a check; what is large is known by its hash.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Protocol, Self

from tests.chaos import quantities
from tests.chaos.quantities import Holdings
from tests.chaos.tenants import TENANTS

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


def violations(books: Books) -> list[str]:
    """What breaks an invariant; empty if everything adds up."""
    seen = Snapshot.of(books)
    return [finding for check in CHECKS for finding in check(seen)]


def unfinished(books: Books) -> int:
    """Orders that are still on their way."""
    ended = ", ".join(f"'{state}'" for state in sorted(ENDED))
    return int(books.rows(f"SELECT count(*) AS n FROM sales_order WHERE state NOT IN ({ended})")[0]["n"])


def _i1(seen: Snapshot) -> Iterator[str]:
    stored = {row["order"]: row for row in seen.orders}
    keys = {row["order_id"]: row["key"] for row in seen.books.rows("SELECT key, order_id::text FROM idempotency_key")}
    for key, replies in seen.books.accepted().items():
        told = {order for order, _, _ in replies}
        if len(told) > 1:
            yield f"I1: the key {key} was answered with {len(told)} orders"
        for order in told - stored.keys():
            yield f"I1: order {order} was accepted and is not stored"
        for order in told & stored.keys():
            if keys.get(order) != key:
                yield f"I1: order {order} is not stored under its key {key}"
        if len({body for _, status, body in replies if status == 201}) > 1:
            yield f"I1: the key {key} was answered 201 with different bodies"
    for order in {row["order"] for row in seen.orders if row["kind"] == BOUGHT} - keys.keys():
        yield f"I1: order {order} has lost its key"


def _i2(seen: Snapshot) -> Iterator[str]:
    sales: dict[str | None, list[Sale]] = {}
    for sale in seen.sales:
        sales.setdefault(sale.reference, []).append(sale)
    for reference in sales.keys() - {row["order"] for row in seen.orders}:
        yield f"I2: the CCP sold {reference}, which is no order"
    ours: Counter[str] = Counter(seen.books.licences())
    for row in seen.orders:
        made = sales.get(row["order"], [])
        if len(made) > 1:
            yield f"I2: the CCP sold {row['order']} {len(made)} times"
        if row["state"] == "REJECTED" and made:
            yield f"I2: order {row['order']} is REJECTED and was sold"
        if row["state"] in SOLD and row["kind"] != EXTENDED:
            yield from _sold(row, made, ours)
    issued = {key for made in sales.values() for sale in made for key in sale.keys}
    for key in ours.keys() - issued:
        yield f"I2: we hold the licence key {key}, which the CCP has not issued"


def _sold(row: Row, made: Sequence[Sale], ours: Counter[str]) -> Iterator[str]:
    if not made:
        yield f"I2: order {row['order']} is {row['state']} and was never sold"
        return
    if row["ccp_transaction_id"] not in {sale.transaction for sale in made}:
        yield f"I2: order {row['order']} names another transaction than the CCP"
    keys = [key for sale in made[:1] for key in sale.keys]
    if len(keys) != row["amount"] or any(ours[key] != 1 for key in keys):
        yield f"I2: order {row['order']} is for {row['amount']} licences, {sum(ours[key] for key in keys)} are kept"


def _i3(seen: Snapshot) -> Iterator[str]:
    counted = Counter((row["order"], row["kind"], row["revision"]) for row in seen.invoices)
    for (order, kind, revision), count in counted.items():
        if count > 1:
            yield f"I3: order {order} has {count} documents {kind} of revision {revision}"
    for row in seen.orders:
        if row["state"] in INVOICED and not counted[(row["order"], "INVOICE", 1)]:
            yield f"I3: order {row['order']} is {row['state']} and has no invoice"
    named = {row["document_path"]: row["document_sha256"] for row in seen.invoices if row["document_path"]}
    named |= {row["e_invoice_path"]: row["e_invoice_sha256"] for row in seen.invoices if row["e_invoice_path"]}
    for path, digest in named.items():
        found = seen.objects[path].sha256 if path in seen.objects else "nothing"
        if found != digest:
            yield f"I3: the document {path} is not the one of the books: {found}"
    for path in sorted(path for path in seen.objects if path.endswith((".pdf", ".xml")) and path not in named):
        yield f"I3: a second document was made: {path}"


def _i4(seen: Snapshot) -> Iterator[str]:
    query = """
        SELECT s.series, s.last_number, array_agg(i.number ORDER BY i.number) FILTER (WHERE i.id IS NOT NULL) AS numbers
        FROM invoice_series s LEFT JOIN invoice i ON i.series = s.series GROUP BY s.series, s.last_number
    """
    for row in seen.books.rows(query):
        numbers = row["numbers"] or []
        if numbers != list(range(1, row["last_number"] + 1)):
            yield f"I4: the series {row['series']} counts to {row['last_number']} and has {len(numbers)} numbers"
    yield from _witnesses(seen)


def _witnesses(seen: Snapshot) -> Iterator[str]:
    """A number that has reached a document has its witness in S3, and no witness names another order."""
    left = {key: stored.text for key, stored in seen.objects.items() if key.startswith("numbers/")}
    for row in seen.invoices:
        key = f"numbers/{row['series']}/{row['number']}"
        holder = left.pop(key, None)
        if holder is None and row["document_path"]:
            yield f"I4: {key} has a document and no witness"
        if holder is not None and holder.split()[0] != row["order"]:
            yield f"I4: {key} was witnessed for {holder}"
    for key in left:
        yield f"I4: {key} is a witness of a number that nobody has"


def _i5(seen: Snapshot) -> Iterator[str]:
    mails: dict[str, list[Mail]] = {}
    for mail in seen.books.mails():
        for name, _ in mail.files:
            mails.setdefault(name, []).append(mail)
    files = [(row, name, sha256) for row in seen.invoices for name, sha256 in _files(row).items()]
    for name in mails.keys() - {name for _, name, _ in files}:
        yield f"I5: {name} was mailed and is no invoice"
    for row, name, sha256 in files:
        sent = mails.get(name, [])
        if len(sent) > 1:
            yield f"I5: {name} was mailed {len(sent)} times"
        if row["state"] in MAILED and not sent:
            yield f"I5: order {row['order']} is {row['state']} and {name} was never mailed"
        for mail in sent:
            if mail.to != (row["email"],):
                yield f"I5: {name} went to {mail.to} instead of {row['email']}"
            if dict(mail.files)[name] != sha256:
                yield f"I5: {name} was mailed with other bytes than the books have"


def _files(row: Row) -> dict[str, str | None]:
    """The files of a document as its mail names them, with their hashes: the PDF, and the e-invoice beside it."""
    name = f"{row['kind'].lower().replace('_', '-')}-{row['invoice_number']}"
    beside = {f"{name}.xml": row["e_invoice_sha256"]} if row["e_invoice_path"] else {}
    return {f"{name}.pdf": row["document_sha256"], **beside}


def _i6(seen: Snapshot) -> Iterator[str]:
    poison = seen.books.poison()
    for queue, (waiting, dead) in seen.books.depths().items():
        if waiting:
            yield f"I6: {waiting} messages wait in the queue {queue}"
        if dead != poison.get(queue, 0):
            yield f"I6: {dead} dead letters of the queue {queue} instead of {poison.get(queue, 0)}"
    for row in seen.orders:
        if row["state"] not in ENDED:
            yield f"I6: order {row['order']} stays {row['state']}"
        if row["state"] == "PARKED" and not row["reason"]:
            yield f"I6: order {row['order']} is PARKED without a reason"
    yield from _payloads(seen, {row["order"] for row in seen.orders if row["state"] == "PARKED"})


def _payloads(seen: Snapshot, parked: Set[str]) -> Iterator[str]:
    for row in seen.books.rows("SELECT path, order_id::text AS order FROM outbox WHERE consumed_at IS NULL"):
        if row["order"] not in parked:
            yield f"I6: nobody has finished {row['path']}"
    for row in seen.books.rows("SELECT path, sha256 FROM outbox WHERE sent_at IS NOT NULL"):
        if row["path"] in seen.objects and seen.objects[row["path"]].sha256 != row["sha256"]:
            yield f"I6: the object {row['path']} is not what the outbox has"


def _i7(seen: Snapshot) -> Iterator[str]:
    for fault, query in TENANTS.items():
        for row in seen.books.rows(query):
            yield f"I7: {row['what']} {fault}"
    owners = {row["order"]: row["customer_id"] for row in seen.orders}
    for sale in seen.sales:
        if sale.reference in owners and owners[sale.reference] != sale.customer:
            yield f"I7: {sale.reference} was bought in the name of {sale.customer}"


def _i8(seen: Snapshot) -> Iterator[str]:
    for place in seen.books.in_clear():
        yield f"I8: a licence key lies in clear in {place}"


def _i9(seen: Snapshot) -> Iterator[str]:
    # The database comes first here too: what it has as changed must be changed at the CCP by then.
    rows = {name: seen.books.rows(query) for name, query in quantities.QUERIES.items()}
    for fault in quantities.faults(rows, seen.books.holdings()):
        yield f"I9: {fault}"


CHECKS: tuple[Callable[[Snapshot], Iterator[str]], ...] = (_i1, _i2, _i3, _i4, _i5, _i6, _i7, _i8, _i9)

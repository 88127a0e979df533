"""Every sale ever made and what became of its licences. What was written here is on the disk."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from local.ccp.schema import ISSUE, LedgerError, prepare
from local.ccp.search import Criteria, Page, Table


@dataclass(frozen=True)
class Sale:
    """One sale: the order and the answer are kept as the JSON texts that went over the wire.

    A sale that was cancelled stays, with the moment as RFC 3339 text.
    """

    transaction_id: str
    idempotency_key: str | None
    reference: str | None
    customer_id: str
    request: str
    answer: str
    cancelled_at: str | None = None


@dataclass(frozen=True)
class Change:
    """One change of licences, with its request and answer as they went over the wire; `kind` is RETURN or EXTENSION."""

    transaction_id: str
    kind: str
    idempotency_key: str | None
    reference: str | None
    customer_id: str
    request: str
    answer: str


@dataclass(frozen=True)
class License:
    """A licence of a sale that stands: whose it is, and its last day as `YYYY-MM-DD`."""

    id: str
    customer_id: str
    subscription_id: str
    service_id: str
    valid_to: str
    returned_at: str | None


class Ledger:
    """Sales, licences and their changes; safe to use from many threads, by one process."""

    def __init__(self, path: Path) -> None:
        """Opens the ledger, or starts a new one.

        Raises:
            LedgerError: the file is no ledger of this version, or cannot be written.
        """
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            prepare(self._connection)
        except (OSError, sqlite3.Error, LedgerError) as error:
            raise LedgerError(f"cannot use {path} as the sales ledger: {error}") from error
        self._sales = Table(self._connection, "sale", Sale)
        self._changes = Table(self._connection, "change", Change)

    @contextmanager
    def alone(self) -> Iterator["Books"]:
        """The ledger for the caller alone; what is written in the block becomes durable at its end, or none of it."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Books(self._connection, self._sales, self._changes)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def record(self, sale: Sale) -> None:
        """Makes the sale durable, with the licences that it issues."""
        with self.alone() as books:
            books.sales.add(sale)
            books.issue(sale.transaction_id)

    def cancel(self, transaction_id: str, at: str) -> None:
        """Makes the cancellation durable; the first one stays."""
        statement = "UPDATE sale SET cancelled_at = ? WHERE transaction_id = ? AND cancelled_at IS NULL"
        with self._lock:
            self._connection.execute(statement, [at, transaction_id])

    def first_with_key(self, key: str) -> Sale | None:
        """The sale that was made first under this idempotency key."""
        with self._lock:
            return self._sales.first_with_key(key)

    def find(self, transaction_id: str) -> Sale | None:
        """The sale of that transaction."""
        with self._lock:
            return self._sales.find(transaction_id)

    def select(self, criteria: Criteria, *, after: int = 0, limit: int) -> Page[Sale]:
        """The sales that meet all criteria, from the cursor `after` on, at most `limit` of them."""
        with self._lock:
            return self._sales.select(criteria, after=after, limit=limit)

    def first_change_with_key(self, key: str) -> Change | None:
        """The change that was made first under this idempotency key."""
        with self._lock:
            return self._changes.first_with_key(key)

    def find_change(self, transaction_id: str) -> Change | None:
        """The change of that transaction."""
        with self._lock:
            return self._changes.find(transaction_id)

    def select_changes(self, criteria: Criteria, *, after: int = 0, limit: int) -> Page[Change]:
        """The changes that meet all criteria, from the cursor `after` on, at most `limit` of them."""
        with self._lock:
            return self._changes.select(criteria, after=after, limit=limit)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()


@dataclass(frozen=True)
class Books:
    """The ledger within one transaction."""

    connection: sqlite3.Connection
    sales: Table[Sale]
    changes: Table[Change]

    def issue(self, transaction_id: str) -> None:
        """Adds the licences of the sale."""
        self.connection.execute(f"{ISSUE} WHERE transaction_id = ?", [transaction_id])

    def licences(self, ids: Sequence[str]) -> dict[str, License]:
        """Those of the licences that some sale has issued and that was not cancelled."""
        rows = self.connection.execute(
            """
            SELECT license.id, customer_id, json_extract(request, '$.subscriptionId'),
                json_extract(request, '$.serviceId'), valid_to, returned_at
            FROM license JOIN sale ON sale.transaction_id = license.sale
            WHERE license.id IN (SELECT value FROM json_each(?)) AND cancelled_at IS NULL
            """,
            [json.dumps(ids)],
        ).fetchall()
        return {row[0]: License(*row) for row in rows}

    def give_back(self, ids: Sequence[str], at: str) -> None:
        """Ends the licences."""
        self.connection.execute(
            "UPDATE license SET returned_at = ? WHERE id IN (SELECT value FROM json_each(?))", [at, json.dumps(ids)]
        )

    def extend(self, ids: Sequence[str], valid_to: str) -> None:
        """Lets the licences run until that day; one that runs longer stays as it is."""
        self.connection.execute(
            "UPDATE license SET valid_to = max(valid_to, ?) WHERE id IN (SELECT value FROM json_each(?))",
            [valid_to, json.dumps(ids)],
        )

"""Every sale ever made, in one SQLite file. What `record` has returned for is on the disk."""

import sqlite3
from dataclasses import dataclass, fields
from pathlib import Path
from threading import Lock

SCHEMA_VERSION = 2

SCHEMA = f"""
BEGIN;
CREATE TABLE sale (
    sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_id  TEXT NOT NULL UNIQUE,
    idempotency_key TEXT,
    reference       TEXT,
    customer_id     TEXT NOT NULL,
    request         TEXT NOT NULL,
    answer          TEXT NOT NULL,
    cancelled_at    TEXT
) STRICT;
CREATE INDEX sale_idempotency_key ON sale (idempotency_key);
CREATE INDEX sale_reference ON sale (reference);
CREATE INDEX sale_customer_id ON sale (customer_id);
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""


FROM_VERSION_1 = f"""
BEGIN;
ALTER TABLE sale ADD COLUMN cancelled_at TEXT;
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""


class LedgerError(Exception):
    """The ledger's file cannot be used; the message says why and what to do."""


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
class Criteria:
    """Which sales to list; what is None does not restrict."""

    idempotency_key: str | None = None
    reference: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True)
class Page:
    """Some sales, the oldest first, and the cursor of the page after them, if there is one."""

    sales: tuple[Sale, ...]
    next: int | None


COLUMNS = ", ".join(field.name for field in fields(Sale))


class Ledger:
    """The sales; safe to use from many threads, by one process."""

    def __init__(self, path: Path) -> None:
        """Opens the ledger, or starts a new one.

        Raises:
            LedgerError: the file is no ledger of this version, or cannot be written.
        """
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._prepare(path)
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(f"cannot use {path} as the sales ledger: {error}") from error

    def _prepare(self, path: Path) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._connection.executescript(SCHEMA)
        elif version == 1:
            self._connection.executescript(FROM_VERSION_1)
        elif version != SCHEMA_VERSION:
            raise LedgerError(f"{path} is a ledger of version {version}, not {SCHEMA_VERSION}: move it away")

    def record(self, sale: Sale) -> None:
        """Makes the sale durable."""
        values = [getattr(sale, field.name) for field in fields(Sale)]
        marks = ", ".join("?" * len(values))
        with self._lock:
            self._connection.execute(f"INSERT INTO sale ({COLUMNS}) VALUES ({marks})", values)  # noqa: S608 - own names

    def cancel(self, transaction_id: str, at: str) -> None:
        """Makes the cancellation durable; the first one stays."""
        statement = "UPDATE sale SET cancelled_at = ? WHERE transaction_id = ? AND cancelled_at IS NULL"
        with self._lock:
            self._connection.execute(statement, [at, transaction_id])

    def first_with_key(self, key: str) -> Sale | None:
        """The sale that was made first under this idempotency key."""
        page = self.select(Criteria(idempotency_key=key), limit=1)
        return page.sales[0] if page.sales else None

    def find(self, transaction_id: str) -> Sale | None:
        """The sale of that transaction."""
        rows = self._rows("transaction_id = ?", [transaction_id], 1)
        return rows[0][1] if rows else None

    def select(self, criteria: Criteria, *, after: int = 0, limit: int) -> Page:
        """The sales that meet all criteria, from the cursor `after` on, at most `limit` of them."""
        asked = {field.name: getattr(criteria, field.name) for field in fields(Criteria)}
        wanted = {name: value for name, value in asked.items() if value is not None}
        condition = " AND ".join(["sequence > ?", *(f"{name} = ?" for name in wanted)])
        rows = self._rows(condition, [after, *wanted.values()], limit + 1)
        shown = rows[:limit]
        return Page(tuple(sale for _, sale in shown), shown[-1][0] if len(rows) > limit else None)

    def _rows(self, condition: str, values: list[object], limit: int) -> list[tuple[int, Sale]]:
        statement = f"SELECT sequence, {COLUMNS} FROM sale WHERE {condition} ORDER BY sequence LIMIT ?"  # noqa: S608
        with self._lock:
            rows = self._connection.execute(statement, [*values, limit]).fetchall()
        return [(row[0], Sale(*row[1:])) for row in rows]

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

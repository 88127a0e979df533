"""Finding entries of the ledger by the names that their customers gave them."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Entry = TypeVar("Entry", bound="DataclassInstance")


@dataclass(frozen=True)
class Criteria:
    """Which entries to list; what is None does not restrict."""

    idempotency_key: str | None = None
    reference: str | None = None
    customer_id: str | None = None


@dataclass(frozen=True)
class Page(Generic[Entry]):
    """Some entries, the oldest first, and the cursor of the page after them, if there is one."""

    entries: tuple[Entry, ...]
    next: int | None


class Table(Generic[Entry]):
    """One table of the ledger, whose columns are the fields of its entries; the caller holds the ledger's lock."""

    def __init__(self, connection: sqlite3.Connection, name: str, kind: type[Entry]) -> None:
        self._connection = connection
        self._name = name
        self._kind = kind
        self._columns = [field.name for field in fields(kind)]

    def add(self, entry: Entry) -> None:
        """Inserts the entry."""
        values = [getattr(entry, column) for column in self._columns]
        marks = ", ".join("?" * len(values))
        self._connection.execute(
            f"INSERT INTO {self._name} ({', '.join(self._columns)}) VALUES ({marks})",  # noqa: S608 - own names
            values,
        )

    def first_with_key(self, key: str) -> Entry | None:
        """The entry that was made first under this idempotency key."""
        page = self.select(Criteria(idempotency_key=key), limit=1)
        return page.entries[0] if page.entries else None

    def find(self, transaction_id: str) -> Entry | None:
        """The entry of that transaction."""
        rows = self._rows("transaction_id = ?", [transaction_id], 1)
        return rows[0][1] if rows else None

    def select(self, criteria: Criteria, *, after: int = 0, limit: int) -> Page[Entry]:
        """The entries that meet all criteria, from the cursor `after` on, at most `limit` of them."""
        asked = {field.name: getattr(criteria, field.name) for field in fields(Criteria)}
        wanted = {name: value for name, value in asked.items() if value is not None}
        condition = " AND ".join(["sequence > ?", *(f"{name} = ?" for name in wanted)])
        rows = self._rows(condition, [after, *wanted.values()], limit + 1)
        shown = rows[:limit]
        return Page(tuple(entry for _, entry in shown), shown[-1][0] if len(rows) > limit else None)

    def _rows(self, condition: str, values: Sequence[Any], limit: int) -> list[tuple[int, Entry]]:
        rows = self._connection.execute(
            f"SELECT sequence, {', '.join(self._columns)} FROM {self._name}"  # noqa: S608 - own names
            f" WHERE {condition} ORDER BY sequence LIMIT ?",
            [*values, limit],
        ).fetchall()
        return [(row[0], self._kind(*row[1:])) for row in rows]

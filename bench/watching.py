"""A database that remembers the statements of its transactions, how much each transaction read, and their plans."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.common.database import Connection, Database
from services.common.settings import DatabaseSettings
from services.common.writer import Purpose


@dataclass
class Watched:
    """What was asked since the last look.

    Attributes:
        statements: each query with its values.
        read: rows by table, whether they were shown or passed over.
    """

    statements: list[tuple[Any, Any]] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)


class WatchingDatabase(Database):
    """One connection, so that statements are prepared as they are in a pod that has been up for long."""

    def __init__(self, settings: DatabaseSettings) -> None:
        super().__init__(settings, size=1)
        self.watching = False
        self.watched = Watched()

    @contextmanager
    def transaction(
        self, purpose: Purpose = Purpose.WORK, *, hold_seconds: float | None = None
    ) -> Iterator[Connection]:
        """As the database's, watched if that is wanted."""
        with super().transaction(purpose, hold_seconds=hold_seconds) as connection:
            if not self.watching:
                yield connection
                return
            execute = connection.execute
            before = _reads(connection)

            def remembered(query: Any, params: Any = None, **options: Any) -> Any:
                if "SELECT" in _text(query) and "set_config" not in _text(query):
                    self.watched.statements.append((query, params))
                return execute(query, params, **options)

            connection.execute = remembered  # type: ignore[method-assign]
            try:
                yield connection
            finally:
                del connection.execute
            self.watched.read += _reads(connection) - before

    def plans(self, customer: UUID | None) -> list[dict[str, Any]]:
        """The plans of the statements that were watched, for the values that they had, under the caller's role."""
        with self.tenant(customer) if customer else self.transaction() as connection:
            return [
                connection.execute(b"EXPLAIN (FORMAT JSON) " + _text(query).encode(), params, prepare=False).fetchone()[  # type: ignore[index]
                    "QUERY PLAN"
                ][0]["Plan"]
                for query, params in self.watched.statements
            ]


def _reads(connection: Connection) -> Counter[str]:
    """Rows that this session has read and not yet told the server's statistics."""
    rows = connection.execute(
        """
        SELECT relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS tuples
        FROM pg_stat_xact_user_tables
        """
    )
    return Counter({row["relname"]: row["tuples"] for row in rows})


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that the plan reads from one end to the other."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from scanned(part)


def _text(query: Any) -> str:
    if isinstance(query, bytes):
        return query.decode()
    return query if isinstance(query, str) else str(query.as_string(None))

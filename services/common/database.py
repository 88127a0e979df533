"""Transactions of the shared database's writer, wherever that is, and the error a caller sees when there is none."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar
from uuid import UUID

import psycopg
from psycopg.rows import DictRow

from services.common.connections import Connections
from services.common.endpoint import connect
from services.common.errors import NoWriter, Unavailable
from services.common.search import NONE, Search
from services.common.settings import DatabaseSettings
from services.common.writer import Purpose

Connection = psycopg.Connection[DictRow]
Result = TypeVar("Result")

HOLD_SECONDS = 5.0
"""How long a transaction waits for a writer that admits it."""
RECORD_SECONDS = 8.0
"""How long the outcome of a call is tried to be recorded: what a lease leaves after its calls (`ccp.schedule`)."""
MAX_LIFETIME_SECONDS = 60.0
"""A region that is cut off may keep a writer of its own, unknown to us, until its connections are this old."""

_NOT_THE_WRITER = (
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
    psycopg.errors.CannotConnectNow,
)

_TAKE_ROLE = "SELECT set_config('cloudsales.customer', %s, true), set_config('role', 'cloudsales_tenant', true)"
"""Both end with the transaction."""


def leave_tenant(connection: Connection) -> None:
    """Goes on with the application's own rights, to the end of a transaction that was begun for a tenant."""
    connection.execute("SELECT set_config('role', 'none', true)")


class Database:
    """The writer of the present epoch: a few connections to it that return rows as dictionaries.

    The process remembers the highest epoch that it has seen, and never goes back behind it.
    """

    def __init__(self, settings: DatabaseSettings, *, size: int) -> None:
        self._connections = Connections(lambda: connect(settings), size, MAX_LIFETIME_SECONDS)
        self._search = Search(self._connections)

    @property
    def epoch(self) -> int:
        """The highest epoch that this process has seen; 0 before its first transaction."""
        return self._search.epoch

    @contextmanager
    def transaction(
        self, purpose: Purpose = Purpose.WORK, *, hold_seconds: float | None = None
    ) -> Iterator[Connection]:
        """One transaction of the writer: committed at the end of the block, rolled back if it raises.

        Args:
            purpose: what it is for. One that reads goes on while no work is admitted, and can write nothing then.
            hold_seconds: how long to wait for a writer that admits it; `HOLD_SECONDS` unless given.

        Raises:
            NoWriter: there was none in time, it was lost on the way, or another epoch began. Whether anything was
                committed is not known if the commit had begun.
            Unavailable: no connection or no lock could be had in time.
        """
        kept, epoch = self._search.begin(purpose, HOLD_SECONDS if hold_seconds is None else hold_seconds)
        connection = kept.connection
        try:
            yield connection
            if epoch < self._search.epoch:
                raise NoWriter("another writer has taken over; try again")
            connection.commit()
        except psycopg.Error as fault:
            if connection.closed or isinstance(fault, _NOT_THE_WRITER):
                connection.close()
                self._connections.discard()
                raise NoWriter(NONE) from fault
            if isinstance(fault, psycopg.OperationalError):
                raise Unavailable("the database does not answer; try again") from fault
            raise
        finally:
            self._connections.give_back(kept)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads, for as long as the writer answers at all; see `transaction`."""
        return self.transaction(Purpose.READ)

    def record(self, effect: Callable[[Connection], Result], seconds: float | None = None) -> Result:
        """The result of the effect, which records what has happened already outside of the database.

        It is admitted while new work is not, and repeated if the writer goes: the effect has to come to the same when
        it has been committed before.

        Args:
            effect: all of one transaction.
            seconds: how long to try; `RECORD_SECONDS` unless given.

        Raises:
            NoWriter: there was none in time.
            Unavailable: as `transaction`.
        """
        end = time.monotonic() + (RECORD_SECONDS if seconds is None else seconds)
        while True:
            try:
                with self.transaction(Purpose.RECORD, hold_seconds=end - time.monotonic()) as connection:
                    return effect(connection)
            except NoWriter:
                if time.monotonic() >= end:
                    raise

    @contextmanager
    def tenant(self, customer: UUID, purpose: Purpose = Purpose.WORK) -> Iterator[Connection]:
        """A transaction that sees and touches the rows of one customer alone, whatever its statements say.

        Raises:
            NoWriter, Unavailable: as `transaction`.
        """
        with self.transaction(purpose) as connection:
            connection.execute(_TAKE_ROLE, (str(customer),))
            yield connection

    def close(self) -> None:
        """Closes every connection."""
        self._connections.close()

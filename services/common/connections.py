"""A few connections to one server, kept between transactions.

Connections are made by the thread that needs one: it hears at once that nobody listens, and may try again within
milliseconds. psycopg's own pool connects in the background and waits a second, then two, then four: longer than the
writer takes to move.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow

Connection = psycopg.Connection[DictRow]


class Exhausted(Exception):
    """All connections are in use, and none came back in time; or they were closed for good."""


@dataclass(frozen=True)
class Kept:
    """A connection on loan.

    Attributes:
        connection: to be given back, whatever becomes of it.
        generation: which it belongs to; those of former ones are not kept.
        until: by the monotonic clock, when it is too old to be kept.
        fresh: made for this loan, so that it cannot have gone stale in the meantime.
    """

    connection: Connection
    generation: int
    until: float
    fresh: bool


class Connections:
    """At most `size` at a time; safe between threads."""

    def __init__(self, connect: Callable[[], Connection], size: int, lifetime_seconds: float) -> None:
        self._connect = connect
        self._lifetime = lifetime_seconds
        self._turns = threading.Semaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Kept] = []
        self._generation = 0
        self._closed = False

    def take(self, timeout_seconds: float) -> Kept:
        """The connection that was used last, or a new one.

        Raises:
            Exhausted: all are in use, or closed.
            psycopg.Error: no connection could be made.
        """
        if self._closed or not self._turns.acquire(timeout=max(0.0, timeout_seconds)):
            raise Exhausted
        try:
            while (kept := self._pop()) is not None:
                if time.monotonic() < kept.until:
                    return kept
                kept.connection.close()
            generation = self._generation
            return Kept(self._connect(), generation, time.monotonic() + self._lifetime, fresh=True)
        except BaseException:
            self._turns.release()
            raise

    def give_back(self, kept: Kept) -> None:
        """Ends what was left open on the connection, and keeps it if it is good for another transaction."""
        try:
            self._settle(kept)
        finally:
            self._turns.release()

    def discard(self) -> None:
        """Keeps none of the present connections: the idle ones are closed now, the others when they come back."""
        with self._lock:
            self._generation += 1
            idle, self._idle = self._idle, []
        for kept in idle:
            kept.connection.close()

    def close(self) -> None:
        """Keeps none of the present connections, and gives no later ones."""
        self._closed = True
        self.discard()

    def _pop(self) -> Kept | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _settle(self, kept: Kept) -> None:
        connection = kept.connection
        try:
            if not connection.closed and connection.pgconn.transaction_status != TransactionStatus.IDLE:
                connection.rollback()
        except psycopg.Error:
            connection.close()
        with self._lock:
            if not connection.closed and not self._closed and kept.generation == self._generation:
                self._idle.append(Kept(connection, kept.generation, kept.until, fresh=False))
                return
        connection.close()

"""Finds the writer: tries until a server says that it is the writer and lets the transaction in, for a while."""

import random
import threading
import time

import psycopg

from services.common.connections import Connection, Connections, Exhausted, Kept
from services.common.errors import NoWriter, Unavailable
from services.common.writer import BEGIN, PREPARE, READ_ONLY, Purpose, Verdict, Writer, judge

ACQUIRE_SECONDS = 5.0
"""How long a thread waits for another one's connection."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.01, 0.2
"""Between two looks for the writer."""
NONE = "the database has no writer for us; try again"


class Search:
    """Remembers the highest epoch that this process has met, and never goes back behind it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._epoch = 0
        self._learning = threading.Lock()

    @property
    def epoch(self) -> int:
        """The highest epoch that was met; 0 before the first transaction."""
        return self._epoch

    def begin(self, purpose: Purpose, hold_seconds: float) -> tuple[Kept, int]:
        """A connection within a transaction that the writer admits, and the writer's epoch.

        Raises:
            NoWriter: there was none in time.
            Unavailable: no connection could be had in time, or the database knows of no epochs.
        """
        end = time.monotonic() + hold_seconds
        pause = FIRST_PAUSE_SECONDS
        while True:
            begun = self._attempt(purpose)
            if not isinstance(begun, str):
                return begun
            if time.monotonic() + pause > end:
                raise NoWriter(begun)
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - jitter, not a secret
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _attempt(self, purpose: Purpose) -> tuple[Kept, int] | str:
        """As `begin`, or why not now."""
        while True:
            try:
                kept = self._connections.take(ACQUIRE_SECONDS)
            except Exhausted:
                raise Unavailable("too many requests wait for the database; try again") from None
            except psycopg.errors.UndefinedTable:
                raise Unavailable("the database's schema is older than this release") from None
            except psycopg.OperationalError:
                return NONE
            verdict, epoch = self._asked(kept, purpose)
            if verdict in (Verdict.GO, Verdict.GO_READING):
                return kept, epoch
            if verdict is Verdict.LEAVE:
                self._connections.discard()
            self._connections.give_back(kept)
            if verdict is Verdict.WAIT:
                return "the writer is being moved; try again"
            if kept.fresh:
                return NONE

    def _asked(self, kept: Kept, purpose: Purpose) -> tuple[Verdict, int]:
        """As `_met`; a connection that is lost leads to no writer."""
        try:
            return self._met(kept.connection, purpose)
        except psycopg.OperationalError:
            return Verdict.LEAVE, 0
        except BaseException:
            self._connections.give_back(kept)
            raise

    def _met(self, connection: Connection, purpose: Purpose) -> tuple[Verdict, int]:
        """Begins the transaction; what it may do, and in which epoch."""
        try:
            cursor = connection.execute(BEGIN)
        except psycopg.errors.InvalidSqlStatementName:
            # With a rollback, psycopg has the server forget all that is prepared.
            connection.rollback()
            connection.execute(PREPARE)
            cursor = connection.execute(BEGIN)
        cursor.nextset()
        row = cursor.fetchone()
        if row is None:
            return Verdict.LEAVE, 0
        found = Writer.of(row)
        with self._learning:
            verdict = judge(found, self._epoch, purpose)
            began = verdict is not Verdict.LEAVE and found.epoch > self._epoch > 0
            if verdict is not Verdict.LEAVE:
                self._epoch = found.epoch
        if began:
            # What the others are connected to was the writer of an epoch that is over.
            self._connections.discard()
        if verdict is Verdict.GO_READING:
            connection.execute(READ_ONLY)
        return verdict, found.epoch

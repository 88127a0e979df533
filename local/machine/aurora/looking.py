"""What a server is at this moment, as itself says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from local.machine.postgres import PORT, SUPERUSER
from local.machine.stand_ins import Server

CONNECT_SECONDS = 2
"""The least that libpq waits for; a server that is down refuses at once."""
_LOOK = """
    SELECT NOT pg_is_in_recovery(), (SELECT received_tli FROM pg_stat_wal_receiver WHERE status = 'streaming'),
        current_setting('primary_conninfo')
"""
_TIMELINE = """
    SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int WHERE NOT pg_is_in_recovery()
"""


@dataclass(frozen=True)
class Seen:
    """A server that answers.

    Attributes:
        writes: whether it takes writes; otherwise it is a standby.
        follows: whether a standby gets what is written. One that has what the writer never had is connected to it, too,
            again and again: but it is sent the end of a timeline that the writer has left.
    """

    writes: bool
    follows: bool


@contextmanager
def connected(server: Server) -> Iterator[psycopg.Connection]:
    """A connection to exactly this server, that commits each statement.

    Raises:
        psycopg.OperationalError: it does not answer.
    """
    with _connect(server.sockets) as connection:
        yield connection


def _connect(sockets: str) -> psycopg.Connection:
    return psycopg.connect(
        host=sockets,
        port=PORT,
        user=SUPERUSER,
        dbname=SUPERUSER,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
    )


def look(server: Server) -> Seen | None:
    """What it is; None if it does not answer."""
    try:
        with connected(server) as connection:
            writes, timeline, source = connection.execute(_LOOK).fetchone() or (False, None, "")
    except psycopg.OperationalError:
        return None
    return Seen(writes, timeline is not None and timeline == _timeline(source))


def _timeline(source: str) -> int | None:
    """That of the server which a standby is told to follow; None if that does not write."""
    try:
        with _connect(str(conninfo_to_dict(source)["host"])) as connection:
            found = connection.execute(_TIMELINE).fetchone()
    except psycopg.OperationalError:
        return None
    return found[0] if found else None

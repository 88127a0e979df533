"""What a server is at this moment, as itself says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from local.machine.postgres import PORT, SUPERUSER
from local.machine.stand_ins import Server

CONNECT_SECONDS = 2
"""The least that libpq waits for; a server that is down refuses at once."""
_LOOK = """
    SELECT NOT pg_is_in_recovery(), EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')
"""


@dataclass(frozen=True)
class Seen:
    """A server that answers.

    Attributes:
        writes: whether it takes writes; otherwise it is a standby.
        follows: whether a standby is connected to the server that writes.
    """

    writes: bool
    follows: bool


@contextmanager
def connected(server: Server) -> Iterator[psycopg.Connection]:
    """A connection to exactly this server, that commits each statement.

    Raises:
        psycopg.OperationalError: it does not answer.
    """
    with psycopg.connect(
        host=server.sockets,
        port=PORT,
        user=SUPERUSER,
        dbname=SUPERUSER,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
    ) as connection:
        yield connection


def look(server: Server) -> Seen | None:
    """What it is; None if it does not answer."""
    try:
        with connected(server) as connection:
            writes, follows = connection.execute(_LOOK).fetchone() or (False, False)
    except psycopg.OperationalError:
        return None
    return Seen(writes, follows)

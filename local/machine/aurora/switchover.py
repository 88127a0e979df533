"""Moving the writer to a standby without losing what was acknowledged: the old one ends before the new one begins."""

from pathlib import Path

import psycopg

from local.machine.aurora import endpoint, processes
from local.machine.aurora.looking import connected
from local.machine.aurora.processes import soon
from local.machine.aurora.standby import end_of, make_standby
from local.machine.errors import LocalError
from local.machine.stand_ins import Server

CAUGHT_UP_SECONDS = 10.0
PROMOTED_SECONDS = 60.0


def switch(source: Server, target: Server, writer: Path) -> None:
    """Move the writer; `writer` is the directory of its endpoint.

    A server that is stopped fast sends its standbys all that it has written before it ends; that they have it is seen
    for ourselves. Until then the source is started again as it was if anything goes wrong. From then on it is a
    standby, before the target is none: what is interrupted ends with one server that writes or with none, never two.

    Raises:
        LocalError: the target does not follow, or did not get everything; then the source writes as before. Or it was
            promoted and does not write, which only a person can look into.
        psycopg.Error: a server does not answer.
    """
    with connected(target) as there:
        _follows(there, target)
        with connected(source) as here:
            here.execute("CHECKPOINT")  # so that the one at the end is short
        try:
            processes.stop(source)
            _has_all(there, target, end_of(source))
        except (LocalError, psycopg.Error):
            processes.begin(source)
            raise
        make_standby(Path(source.data))
        promote(there, target)
    endpoint.lead(writer, target)
    processes.begin(source)


def _follows(there: psycopg.Connection, target: Server) -> None:
    found = there.execute("SELECT pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver)").fetchone()
    if found != (True,):
        raise LocalError(f"{target.program} does not follow the server that writes")


def _has_all(there: psycopg.Connection, target: Server, end: str) -> None:
    """The place is where the last record begins: to be past it is to have begun to get that one, and all before it."""

    def received() -> bool:
        return there.execute("SELECT pg_last_wal_receive_lsn() > %s::pg_lsn", (end,)).fetchone() == (True,)

    if not soon(received, CAUGHT_UP_SECONDS):
        raise LocalError(f"{target.program} did not get all that was written")


def promote(there: psycopg.Connection, target: Server) -> None:
    """Have it write; returns when it does.

    Raises:
        LocalError: it does not.
    """
    there.execute("SELECT pg_promote(wait => false)")  # whose own waiting looks ten times a second
    if not soon(lambda: there.execute("SELECT pg_is_in_recovery()").fetchone() == (False,), PROMOTED_SECONDS):
        raise LocalError(f"{target.program} was promoted and does not write")

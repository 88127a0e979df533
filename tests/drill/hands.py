"""What the drill does to servers and edges: freezes what sends the log, stops an edge, looks into one server."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg.rows import dict_row

from local.cluster.workloads import EDGE
from local.machine.aurora.looking import connected
from local.machine.aurora.processes import soon
from local.machine.postgres import APPLICATION, CONTROLLER, DATABASE, OWNER, PORT
from tests.drill.sites import Site

PROMOTED_SECONDS = 30.0


@contextmanager
def frozen_log(writer: Site) -> Iterator[None]:
    """While the block lasts, what the writer writes reaches nobody, and neither side is told: the line is silent.

    What sends the log is stopped by SIGSTOP, so that nothing of it waits in a buffer on the other side. It goes on
    after the block, unless it has been killed by then.
    """
    senders = [int(row["pid"]) for row in rows(writer, "SELECT pid FROM pg_stat_replication")]
    for sender in senders:
        os.kill(sender, signal.SIGSTOP)
    try:
        yield
    finally:
        for sender in senders:
            with suppress(ProcessLookupError):
                os.kill(sender, signal.SIGCONT)


@contextmanager
def closed_edge(site: Site) -> Iterator[None]:
    """While the block lasts, the region's edge refuses every connection; all else of it goes on."""
    site.supervisor.rest(EDGE)
    try:
        yield
    finally:
        site.supervisor.begin(EDGE)


def rows(site: Site, query: str) -> list[dict[str, Any]]:
    """What exactly this region's server answers, whatever it is."""
    with (
        psycopg.connect(
            host=site.server.sockets, port=PORT, user=OWNER, dbname=DATABASE, autocommit=True, connect_timeout=5
        ) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return list(cursor.execute(query.encode()).fetchall())


def epoch(site: Site) -> int:
    """The writer's epoch, as this region's server has it."""
    return int(rows(site, "SELECT epoch FROM writer_epoch")[0]["epoch"])


def promote(site: Site) -> None:
    """Has the region's server take writes, behind everybody's back."""
    with connected(site.server) as connection:
        connection.execute("SELECT pg_promote(wait => false)")
    assert soon(lambda: site.writes, PROMOTED_SECONDS), f"the server of {site.name} was not promoted"


def begin_epoch(site: Site) -> None:
    """The next epoch, in the region that writes; as the controller's role does it."""
    with psycopg.connect(
        host=site.server.sockets, port=PORT, user=CONTROLLER, dbname=DATABASE, autocommit=True, connect_timeout=5
    ) as connection:
        connection.execute("SELECT begin_epoch(epoch, %s, 'drill') FROM writer_epoch", (site.name,))


def disconnect(site: Site) -> None:
    """Ends all of the services' connections to the region's server."""
    with connected(site.server) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (APPLICATION,))

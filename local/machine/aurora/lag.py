"""How far each standby is behind, as CloudWatch would tell it: looked at every few seconds, kept by the emulator."""

import threading
import time
from collections.abc import Callable

import psycopg
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import cloudwatch

from local.machine.aurora.looking import connected
from local.machine.stand_ins import Server, StandIns

PAUSE_SECONDS = 5.0
_BEHIND = """
    SELECT CASE
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')
        THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
    END::float8
    WHERE pg_is_in_recovery()
"""
"""In seconds. One that has all that it got, and is still being sent to, is not behind, however quiet the writer is."""


def watch(stand_ins: Callable[[], StandIns]) -> None:
    """Go on in a thread of its own until the process ends."""
    threading.Thread(target=_go_on, args=(stand_ins,), name="lag", daemon=True).start()


def behind(server: Server) -> float | None:
    """In seconds; None of one that writes, that does not answer, or that has never had anything to replay."""
    try:
        with connected(server) as connection:
            found = connection.execute(_BEHIND).fetchone()
    except psycopg.OperationalError:
        return None
    return found[0] if found else None


def _go_on(stand_ins: Callable[[], StandIns]) -> None:
    while True:
        for arn, server in stand_ins().servers.items():
            if (seconds := behind(server)) is not None:
                _keep(arn, seconds)
        time.sleep(PAUSE_SECONDS)


def _keep(arn: str, seconds: float) -> None:
    """As a request from the cluster's own account and region would be kept."""
    _, _, _, region, account, _, cluster = arn.split(":")
    set_request_account_id(account)
    set_request_region(region)
    dimensions = {"DBClusterIdentifier": cluster}
    name, at, milliseconds = "AuroraGlobalDBReplicationLag", time.time(), seconds * 1000
    cloudwatch._store_datum("AWS/RDS", name, dimensions, at, "Milliseconds", milliseconds, None, None, None)  # noqa: SLF001

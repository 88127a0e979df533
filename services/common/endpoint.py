"""How a service reaches the database's endpoint: by token over TLS in the cloud, by the peer's id on one machine."""

from functools import cache
from typing import Any

import boto3
import psycopg
from botocore.exceptions import BotoCoreError
from psycopg.rows import DictRow, dict_row

from services.common.settings import DatabaseSettings
from services.common.writer import PREPARE

_LIMITS = "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
_SILENT_SERVER = {
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""A failed host sends no farewell: without these the kernel waits for it for a quarter of an hour, or for ever."""


def connection_arguments(settings: DatabaseSettings) -> dict[str, Any]:
    """Parameters of libpq for one new connection.

    Over TCP: verified TLS and a fresh IAM token as password, valid for 15 minutes to connect. A host that is a path is
    the directory of a Unix socket: the server knows the peer by its user id, and there is no TLS and no token.
    """
    arguments: dict[str, Any] = {
        "host": settings.database_host,
        "port": settings.database_port,
        "dbname": settings.database_name,
        "user": settings.database_user,
        "connect_timeout": 2,
        "application_name": settings.service_name,
        "options": f"{_LIMITS} -c cloudsales.region={settings.aws_region}",
    }
    if settings.database_host.startswith("/"):
        return arguments
    token = _signer(settings.aws_region).generate_db_auth_token(
        settings.database_host, settings.database_port, settings.database_user
    )
    encrypted = {"password": token, "sslmode": "verify-full", "sslrootcert": settings.database_ca_file}
    return arguments | encrypted | _SILENT_SERVER


@cache
def _signer(region: str) -> Any:
    """Made once, since a request waits for it; of a session of its own, for boto3's is not safe between threads."""
    return boto3.Session(region_name=region).client("rds")


def connect(settings: DatabaseSettings) -> psycopg.Connection[DictRow]:
    """A connection on which each transaction is begun by a statement of ours, which also asks for the epoch.

    Raises:
        psycopg.OperationalError: the endpoint does not answer, or there is no token to sign in with.
        psycopg.errors.UndefinedTable: the database knows of no epochs.
    """
    try:
        arguments = connection_arguments(settings)
    except BotoCoreError as fault:
        _signer.cache_clear()  # it keeps the credentials that there were when it was made, if there were any
        raise psycopg.OperationalError("there is no token to sign in with") from fault
    connection = psycopg.Connection[DictRow].connect(**arguments, row_factory=dict_row, autocommit=True)
    try:
        connection.execute(PREPARE)
    except BaseException:
        connection.close()
        raise
    return connection

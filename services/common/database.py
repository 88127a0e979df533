"""Connections to the shared database's writer, and the error a caller sees when there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from services.common.errors import Unavailable
from services.common.settings import DatabaseSettings

Connection = psycopg.Connection[DictRow]

ACQUIRE_SECONDS = 5.0
MAX_LIFETIME_SECONDS = 300.0


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
        "connect_timeout": 5,
        "application_name": settings.database_user,
        "options": "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s",
    }
    if settings.database_host.startswith("/"):
        return arguments
    token = boto3.client("rds", region_name=settings.aws_region).generate_db_auth_token(
        settings.database_host, settings.database_port, settings.database_user
    )
    return arguments | {"password": token, "sslmode": "verify-full", "sslrootcert": settings.database_ca_file}


class Database:
    """A small pool of connections that return rows as dictionaries."""

    def __init__(self, settings: DatabaseSettings, *, size: int) -> None:
        self._pool = ConnectionPool(
            connection_class=psycopg.Connection[DictRow],
            kwargs=lambda: connection_arguments(settings) | {"row_factory": dict_row},
            min_size=1,
            max_size=size,
            max_lifetime=MAX_LIFETIME_SECONDS,
            timeout=ACQUIRE_SECONDS,
            check=ConnectionPool.check_connection,
            open=True,
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back if it raises.

        Raises:
            Unavailable: no connection could be had in time, or it broke on the way.
        """
        try:
            with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, psycopg.OperationalError) as fault:
            raise Unavailable("the database does not answer; try again") from fault

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()

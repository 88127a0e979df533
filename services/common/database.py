"""Connections to the shared database's writer, and the error a caller sees when there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import boto3
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from services.common.errors import Unavailable
from services.common.settings import DatabaseSettings

Connection = psycopg.Connection[DictRow]

ACQUIRE_SECONDS = 5.0
MAX_LIFETIME_SECONDS = 300.0

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
        "connect_timeout": 5,
        "application_name": settings.service_name,
        "options": "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s",
    }
    if settings.database_host.startswith("/"):
        return arguments
    # The pool connects on threads of its own, and boto3's shared session must not make clients on several at once.
    token = (
        boto3.Session(region_name=settings.aws_region)
        .client("rds")
        .generate_db_auth_token(settings.database_host, settings.database_port, settings.database_user)
    )
    encrypted = {"password": token, "sslmode": "verify-full", "sslrootcert": settings.database_ca_file}
    return arguments | encrypted | _SILENT_SERVER


_TAKE_ROLE = "SELECT set_config('cloudsales.customer', %s, true), set_config('role', 'cloudsales_tenant', true)"
"""Both end with the transaction."""


def leave_tenant(connection: Connection) -> None:
    """Goes on with the application's own rights, to the end of a transaction that was begun for a tenant."""
    connection.execute("SELECT set_config('role', 'none', true)")


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
            Unavailable: no connection could be had in time, it broke on the way, or its server is no writer any more.
        """
        try:
            with self._pool.connection() as connection, _discarded_if_read_only(connection):
                yield connection
        except (PoolTimeout, psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction) as fault:
            raise Unavailable("the database does not answer; try again") from fault

    @contextmanager
    def tenant(self, customer: UUID) -> Iterator[Connection]:
        """A transaction that sees and touches the rows of one customer alone, whatever its statements say.

        Raises:
            Unavailable: as `transaction`.
        """
        with self.transaction() as connection:
            connection.execute(_TAKE_ROLE, (str(customer),))
            yield connection

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()


@contextmanager
def _discarded_if_read_only(connection: Connection) -> Iterator[None]:
    """Keeps a connection to what was the writer before a switchover from going back into the pool."""
    try:
        yield
    except psycopg.errors.ReadOnlySqlTransaction:
        connection.close()
        raise

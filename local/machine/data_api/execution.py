"""Running a statement on the server that plays the cluster, as the role that the secret names."""

from typing import Any

import psycopg
from psycopg.types.string import StrDumperVarchar

from local.machine.aurora.looking import CONNECT_SECONDS, connected
from local.machine.data_api.faults import Fault, bad_request, unavailable
from local.machine.data_api.login import Login
from local.machine.data_api.statement import Statement, field
from local.machine.postgres import PORT
from local.machine.stand_ins import Server

_WHO = "SELECT pg_is_in_recovery(), (SELECT rolpassword FROM pg_authid WHERE rolname = %s)"
_TIMEOUT = "-c statement_timeout=45s"
"""After which the Data API gives a statement up."""


def execute(statement: Statement, server: Server, secret: str) -> dict[str, Any]:
    """The answer.

    Args:
        statement: what to run; committed before this returns.
        server: of the cluster.
        secret: what the secret holds.

    Raises:
        Fault: the server does not write or answer, the login is none, or the statement fails.
    """
    login = Login.of(secret)
    _let_in(login, server, statement.cluster)
    try:
        connection = psycopg.connect(
            host=server.sockets,
            port=PORT,
            user=login.user,
            dbname=statement.database,
            application_name="data-api",
            options=_TIMEOUT,
            connect_timeout=CONNECT_SECONDS,
            autocommit=True,
        )
    except psycopg.OperationalError as error:
        raise unavailable(statement.cluster) from error
    with connection:
        return _answer(statement, connection)


def _let_in(login: Login, server: Server, cluster: str) -> None:
    try:
        with connected(server) as connection:
            follows, kept = connection.execute(_WHO, (login.user,)).fetchone() or (True, None)
    except psycopg.OperationalError as error:
        raise unavailable(cluster) from error
    if follows:
        raise unavailable(cluster)
    if not login.fits(kept):
        raise bad_request(f'FATAL: password authentication failed for user "{login.user}"; SQLState: 28P01')


def _answer(statement: Statement, connection: psycopg.Connection) -> dict[str, Any]:
    connection.adapters.register_dumper(str, StrDumperVarchar)
    try:
        # One that is prepared cannot be several.
        done = connection.execute(statement.sql.encode(), statement.values, prepare=True)
    except psycopg.errors.QueryCanceled as error:
        raise Fault("StatementTimeoutException", "The statement took longer than 45 seconds.") from error
    except psycopg.OperationalError as error:
        raise unavailable(statement.cluster) from error
    except psycopg.Error as error:
        told = f"ERROR: {error.diag.message_primary or error}; SQLState: {error.sqlstate}"
        raise Fault("DatabaseErrorException", told) from error
    if done.description is None:
        return {"numberOfRecordsUpdated": max(done.rowcount, 0), "generatedFields": []}
    return {"numberOfRecordsUpdated": 0, "records": [[field(value) for value in row] for row in done]}

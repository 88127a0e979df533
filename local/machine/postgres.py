"""A real PostgreSQL server from a wheel, on a Unix socket only, with the roles and the database of the product."""

from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from local.machine.database_files import copy, initialise, say_who_connects
from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.privileges import database_home, prepare
from local.machine.program import Program
from local.machine.programs import ProgramStore
from local.machine.stand_ins import Server
from local.machine.waiting import wait_until

NAME = "postgres"
PORT = 5432
SUPERUSER = "postgres"
DATABASE = "cloudsales"
OWNER = "cloudsales_owner"
APPLICATION = "cloudsales_app"
CONTROLLER = "cloudsales_controller"
ROLES = (SUPERUSER, OWNER, APPLICATION, CONTROLLER)
READY_SECONDS = 30.0

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "400",
    "max_wal_size": "256MB",
    "log_min_duration_statement": "1s",
    "log_line_prefix": "%m [%p] %u ",
    "log_error_verbosity": "terse",
}
"""Modest, because a laptop runs it beside everything else; fsync and synchronous_commit stay on. The log is terse,
because a DETAIL line quotes rows and parameters, and with them licence keys."""


class Postgres:
    """A PostgreSQL server of one checkout.

    Args:
        layout: of the checkout, or of its region.
        member: which of several servers, if there are several.
        further: settings beyond those of all servers.
    """

    def __init__(self, layout: Layout, member: str = "", further: Mapping[str, str] | None = None) -> None:
        self._layout = layout
        self._home = database_home(layout, member)
        self._further = further or {}
        self.name = f"{NAME}-{member}" if member else NAME
        self.sockets = layout.runtime / self.name

    @property
    def made(self) -> bool:
        """Whether it has data."""
        return self._home.data.exists()

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self._home.data

    @property
    def server(self) -> Server:
        """Where others find it."""
        supervisor = ProgramStore(self._layout).socket
        return Server(self.name, str(self.sockets), str(self._home.data), str(self._home.binaries), str(supervisor))

    def prepare(self) -> None:
        """Create the cluster at the first run; write who may connect, at each run.

        Raises:
            LocalError: `initdb` failed.
        """
        prepare(self._home, self.sockets)
        if not self.made:
            initialise(self._home, SUPERUSER)
        say_who_connects(self._home, ROLES)

    def copy(self, leader: Path) -> None:
        """Create the cluster as a copy of the one whose socket is in that directory.

        Raises:
            LocalError: the copy failed.
        """
        prepare(self._home, self.sockets)
        copy(self._home, leader, PORT, SUPERUSER)
        say_who_connects(self._home, ROLES)

    def program(self) -> Program:
        """The server as a supervised program. SIGINT is PostgreSQL's fast shutdown: it does not wait for clients."""
        settings = {**SETTINGS, **self._further, "unix_socket_directories": str(self.sockets)}
        options = (option for key, value in settings.items() for option in ("-c", f"{key}={value}"))
        return Program(
            self.name,
            (str(self._home.binaries / "postgres"), "-D", str(self._home.data), *options),
            {"LC_ALL": "C", "TZ": "UTC"},
            self._home.data,
            user=self._home.user,
            stop_seconds=30,
            stop_signal="INT",
        )

    def wait_ready(self) -> None:
        """Return once the server accepts connections.

        Raises:
            LocalError: it does not in time.
        """
        if not wait_until(self.ready, READY_SECONDS):
            raise LocalError(
                f"PostgreSQL is not ready after {READY_SECONDS:.0f} s", self._layout.logs / f"{self.name}.log"
            )

    def ready(self) -> bool:
        """Whether the server accepts connections."""
        try:
            self.connect(SUPERUSER, SUPERUSER).close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, role: str, database: str = DATABASE) -> psycopg.Connection:
        """A connection that commits each statement."""
        return psycopg.connect(
            host=str(self.sockets), port=PORT, user=role, dbname=database, autocommit=True, connect_timeout=5
        )

    def bootstrap(self, roles: Path) -> None:
        """Create the roles by the operator's own file, then the product's database if it is missing.

        The database is not in that file because CREATE DATABASE cannot be part of its transaction.
        """
        with self.connect(SUPERUSER, SUPERUSER) as connection:
            connection.execute(roles.read_bytes())
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if found is None:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )

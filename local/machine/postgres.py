"""A real PostgreSQL server from a wheel, on a Unix socket only, with the roles and the database of the product."""

import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.privileges import DatabaseHome, caller, database_home, give, group_of, prepare
from local.machine.program import Program
from local.machine.waiting import wait_until

NAME = "postgres"
PORT = 5432
SUPERUSER = "postgres"
DATABASE = "cloudsales"
OWNER = "cloudsales_owner"
APPLICATION = "cloudsales_app"
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
    """The PostgreSQL server of one checkout."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._home = database_home(layout)
        self.sockets = layout.runtime / "postgres"

    def prepare(self) -> None:
        """Create the cluster at the first run; write who may connect, at each run.

        Raises:
            LocalError: `initdb` failed.
        """
        prepare(self._home, self.sockets)
        if not self._home.data.exists():
            _initdb(self._home)
        peers = "".join(f"cloudsales {caller()} {role}\n" for role in (SUPERUSER, OWNER, APPLICATION))
        for name, text in (("pg_hba.conf", "local all all peer map=cloudsales\n"), ("pg_ident.conf", peers)):
            path = self._home.data / name
            path.write_text(text)
            give(path, self._home)

    def program(self) -> Program:
        """The server as a supervised program. SIGINT is PostgreSQL's fast shutdown: it does not wait for clients."""
        settings = {**SETTINGS, "unix_socket_directories": str(self.sockets)}
        options = (option for key, value in settings.items() for option in ("-c", f"{key}={value}"))
        return Program(
            NAME,
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
            raise LocalError(f"PostgreSQL is not ready after {READY_SECONDS:.0f} s", self._layout.logs / f"{NAME}.log")

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


def _initdb(home: DatabaseHome) -> None:
    """Built beside its place and moved there when it is whole: an interrupted initdb leaves nothing to stumble over."""
    draft = home.data.with_name(f"{home.data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give(draft, home)
    arguments = ["-U", SUPERUSER, "--auth=peer", "--encoding=UTF8", "--data-checksums"]
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    done = subprocess.run(
        [str(home.binaries / "initdb"), "-D", str(draft), *arguments, *locale],
        cwd=draft,
        env={"TZ": "UTC"},
        user=home.user,
        group=group_of(home),
        extra_groups=None if home.user is None else [],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LocalError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
    draft.rename(home.data)

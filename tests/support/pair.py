"""Two PostgreSQL servers, of which one is the writer and the other follows it: two regions on one machine.

`endpoint` is what the services are told: a symbolic link that leads to the writer, as the global endpoint's name does.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from local.machine.layout import Layout
from local.machine.postgres import CONTROLLER, PORT, SUPERUSER, Postgres
from local.machine.privileges import database_home, give, group_of, make_private, prepare
from services.common.settings import DatabaseSettings
from services.database import schema
from tests.support.postgres import ROOT, settings_of

SECONDS = 30.0


class Region:
    """One of both servers."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.layout = Layout(root / name, root / name / "state", root / name / "run", "127.0.0")
        self.layout.root.mkdir()
        self.layout.root.chmod(0o711)
        make_private(self.layout)
        self.server = Postgres(self.layout)
        self.home = database_home(self.layout)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, following: "Region | None" = None) -> None:
        """Starts the server, as the writer or as the standby of one."""
        signal = self.home.data / "standby.signal"
        if following is not None:
            signal.touch()
            give(signal, self.home)
        self._let_in()
        program = self.server.program()
        leads = "" if following is None else f"host={following.server.sockets} port={PORT} user={SUPERUSER}"
        self.process = subprocess.Popen(
            (*program.command, "-c", "wal_keep_size=256MB", "-c", f"primary_conninfo={leads}"),
            env=dict(program.environment), cwd=program.directory, user=program.user,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.server.wait_ready()

    def stop(self) -> None:
        """PostgreSQL's fast shutdown: sessions are ended, and the standby gets all that was committed."""
        if self.process is not None:
            self.process.send_signal(2)
            self.process.wait(timeout=SECONDS)
            self.process = None

    def copy_of(self, writer: "Region") -> None:
        """Makes this server's data a copy of the writer's."""
        prepare(self.home, self.server.sockets)
        self.home.data.mkdir(mode=0o700)
        give(self.home.data, self.home)
        subprocess.run(
            [
                str(self.home.binaries / "pg_basebackup"), "-h", str(writer.server.sockets), "-U", SUPERUSER,
                "-D", str(self.home.data), "-c", "fast", "-X", "stream",
            ],
            check=True, user=self.home.user, group=group_of(self.home), cwd=self.home.data.parent, capture_output=True,
        )  # fmt: skip

    def connect(self, role: str = SUPERUSER) -> psycopg.Connection[TupleRow]:
        """A connection to this server, whatever it is."""
        return self.server.connect(role)

    def _let_in(self) -> None:
        """Both servers run as one user, and the directory of the sockets is that user's alone."""
        path = self.home.data / "pg_hba.conf"
        path.write_text("local all all trust\nlocal replication all trust\n")
        give(path, self.home)


class Control:
    """What the controller's role asks of a server."""

    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        self._connection = connection

    def ask(self, query: str, *parameters: object) -> tuple[object, ...]:
        """The one row of the answer."""
        row = self._connection.execute(query.encode(), parameters).fetchone()
        assert row is not None
        return row

    def epoch(self) -> int:
        """The server's."""
        found = self.ask("SELECT epoch FROM writer_epoch")[0]
        assert isinstance(found, int)
        return found

    def admit(self, admission: str) -> None:
        """Has the server admit this."""
        assert self.ask("SELECT set_admission(epoch, %s, 'test') FROM writer_epoch", admission) == (True,)

    def begin(self, lost: str | None = None) -> None:
        """Begins the next epoch, if need be because a region was lost."""
        self.ask("SELECT begin_epoch(epoch, 'apac', 'test', %s) FROM writer_epoch", lost)


class Pair:
    """Two regions over one database."""

    def __init__(self, root: Path) -> None:
        self.endpoint = root / "writer"
        self.writer, self.standby = Region("eu", root), Region("apac", root)

    def begin(self) -> None:
        """Starts both, with the schema."""
        if self.writer.home.base is not None:
            self.writer.home.base.mkdir(mode=0o755, exist_ok=True)
        self.writer.server.prepare()
        if self.writer.home.base is not None and self.standby.home.base is not None:
            self.standby.home.base.mkdir(mode=0o755, exist_ok=True)
            (self.standby.home.base / "wheel").symlink_to(self.writer.home.base / "wheel")
        self.writer.start()
        self.writer.server.bootstrap(ROOT / "services" / "database" / "bootstrap.sql")
        self.lead_to(self.writer)
        schema.upgrade(self.settings(owner=True))
        self.standby.copy_of(self.writer)
        self.standby.start(following=self.writer)
        self.wait_for_standby()

    def settings(self, *, owner: bool = False) -> DatabaseSettings:
        """What a service is told: the endpoint, and never a server."""
        return settings_of(self.writer.server, owner=owner).model_copy(update={"database_host": str(self.endpoint)})

    def lead_to(self, region: Region) -> None:
        """Who connects from now on comes to this region's server."""
        draft = self.endpoint.with_name("writer.new")
        draft.symlink_to(region.server.sockets)
        draft.rename(self.endpoint)

    @contextmanager
    def control(self) -> Iterator["Control"]:
        """The controller's hands on the writer of now."""
        with self.writer.connect(CONTROLLER) as connection:
            yield Control(connection)

    def switch(self, *, drain_seconds: float = 1.0) -> None:
        """A planned switchover, as the controller does it."""
        self.wait_for_standby()
        with self.writer.connect() as connection:
            connection.execute("CHECKPOINT")  # so that stopping has little left to write
        with self.control() as old:
            epoch = old.epoch()
            old.admit("draining")
            wait(lambda: old.ask("SELECT ccp_calls FROM unfinished_work()") == (0,), drain_seconds)
            old.admit("closed")
            wait(lambda: old.ask("SELECT transactions FROM unfinished_work()") == (0,), drain_seconds)
        self.writer.stop()
        self.promote()
        with self.control() as new:
            assert new.ask("SELECT begin_epoch(%s, %s, 'test')", epoch, self.writer.name) == (epoch + 1,)

    def promote(self) -> None:
        """Makes the standby the writer; the other one is left as it is."""
        with self.standby.connect() as connection:
            connection.execute("SELECT pg_promote(false)")
            assert wait(lambda: connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,))
        self.writer, self.standby = self.standby, self.writer
        self.lead_to(self.writer)

    def rejoin(self) -> None:
        """The former writer, which was stopped after it had sent all, follows the new one."""
        self.standby.start(following=self.writer)

    def copy_anew(self) -> None:
        """Makes the other server the writer's standby, whatever it was before."""
        self.standby.stop()
        shutil.rmtree(self.standby.home.data)
        self.standby.copy_of(self.writer)
        self.standby.start(following=self.writer)

    def wait_for_standby(self) -> None:
        """Returns once the standby has all that the writer has."""
        query = "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn() - 65536"
        with self.writer.connect() as connection:
            assert wait(lambda: connection.execute(query.encode()).fetchone() == (1,))

    def end(self) -> None:
        """Stops both, and removes what they have left outside of the root."""
        for region in (self.writer, self.standby):
            region.stop()
        for region in (self.writer, self.standby):
            if region.home.base is not None:
                shutil.rmtree(region.home.base, ignore_errors=True)


@contextmanager
def running() -> Iterator[Pair]:
    """A pair in a directory of its own; stopped and removed at the end of the block."""
    root = Path(tempfile.mkdtemp(prefix="cloud-sales-pair-", dir="/tmp"))
    root.chmod(0o711)
    pair = Pair(root)
    try:
        pair.begin()
        yield pair
    finally:
        pair.end()
        shutil.rmtree(root)


def wait(condition: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Whether the condition holds in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True

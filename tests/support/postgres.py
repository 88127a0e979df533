"""A throw-away PostgreSQL server with the product's roles and database, run from the same wheel as `make up`."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.machine.layout import Layout
from local.machine.postgres import APPLICATION, DATABASE, OWNER, PORT, Postgres
from local.machine.privileges import database_home, make_private
from services.common.settings import DatabaseSettings

ROOT = Path(__file__).parents[2]


@contextmanager
def running() -> Iterator[Postgres]:
    """A server in a directory of its own; stopped and removed at the end of the block."""
    root = Path(tempfile.mkdtemp(prefix="cloud-sales-test-", dir="/tmp"))
    root.chmod(0o711)
    layout = Layout(root, root / "state", root / "run", "127.0.0")
    make_private(layout)
    server = Postgres(layout)
    server.prepare()
    program = server.program()
    process = subprocess.Popen(
        program.command,
        env=dict(program.environment),
        cwd=program.directory,
        user=program.user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server.wait_ready()
        server.bootstrap(ROOT / "services" / "database" / "bootstrap.sql")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(root)
        if (base := database_home(layout).base) is not None:
            shutil.rmtree(base)


def settings_of(server: Postgres, *, owner: bool = False) -> DatabaseSettings:
    """What a service, or the migration job, would be told of this server."""
    return DatabaseSettings.read(
        {
            "SERVICE_NAME": "test",
            "DATABASE_HOST": str(server.sockets),
            "DATABASE_PORT": str(PORT),
            "DATABASE_NAME": DATABASE,
            "DATABASE_USER": OWNER if owner else APPLICATION,
            "DATABASE_CA_FILE": "/nonexistent",
            "AWS_REGION": "eu-west-1",
        }
    )

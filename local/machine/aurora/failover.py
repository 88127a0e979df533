"""Giving up a writer that is lost, with what its standby has not got: the standby writes, and the other follows it."""

import subprocess
from pathlib import Path

from local.machine.aurora import endpoint, processes
from local.machine.aurora.looking import connected
from local.machine.aurora.standby import make_standby
from local.machine.aurora.switchover import promote
from local.machine.errors import LocalError
from local.machine.postgres import PORT, SUPERUSER
from local.machine.stand_ins import Server

REWIND_SECONDS = 300


def fail_over(source: Server, target: Server, writer: Path) -> None:
    """Let the target write with what it has; `writer` is the directory of the endpoint.

    The source is stopped first, if it runs: a server that cannot be stopped is not passed by. Of one that is lost with
    its supervisor there is nothing to stop; whoever brings it back has it rejoin.

    Raises:
        LocalError: the source does not end; then nothing was done. Or the target does not write, or the source cannot
            be brought to follow it.
        psycopg.Error: the target does not answer.
    """
    with connected(target) as there:
        gone = processes.lost(source)
        if not gone:
            processes.stop(source)
        make_standby(Path(source.data))
        promote(there, target)
    endpoint.lead(writer, target)
    if not gone:
        rejoin(source, writer)


def rejoin(server: Server, writer: Path) -> None:
    """Have a server follow the one that writes, whatever it has beyond that one; returns when it is started.

    Raises:
        LocalError: it does not end, or cannot be brought to follow.
    """
    processes.stop(server)
    _rewind(server, writer)
    make_standby(Path(server.data))
    processes.begin(server)


def _rewind(server: Server, writer: Path) -> None:
    """Take back what it wrote that nobody else has; also after a crash, which pg_rewind lets it recover from first."""
    owner = Path(server.data).stat()
    done = subprocess.run(
        [
            str(Path(server.binaries) / "pg_rewind"),
            *("-D", server.data, "--no-sync"),
            f"--source-server=host={writer} port={PORT} user={SUPERUSER} dbname={SUPERUSER}",
        ],
        cwd=server.data,
        env={"LC_ALL": "C", "TZ": "UTC"},
        user=owner.st_uid,
        group=owner.st_gid,
        extra_groups=[] if owner.st_uid else None,
        capture_output=True,
        text=True,
        timeout=REWIND_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise LocalError(f"{server.program} cannot follow the new writer: {done.stderr.strip()}")

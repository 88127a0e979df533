"""Whether a server's data directory is a standby's. It is the one place that says so, and survives whatever stops."""

import os
import re
import subprocess
from pathlib import Path

from local.machine.errors import LocalError
from local.machine.stand_ins import Server

SIGNAL = "standby.signal"
_CHECKPOINT = re.compile(r"^Latest checkpoint location:\s+(\S+)$", re.MULTILINE)
_STATE = re.compile(r"^Database cluster state:\s+(.+)$", re.MULTILINE)


def is_standby(data: Path) -> bool:
    """Whether it will follow another server when it is started."""
    return (data / SIGNAL).exists()


def make_standby(data: Path) -> None:
    """Have it follow at its next start."""
    signal, owner = data / SIGNAL, data.stat()
    signal.touch(mode=0o600)
    os.chown(signal, owner.st_uid, owner.st_gid)


def end_of(server: Server) -> str:
    """The place in the log of the last thing that the stopped server wrote: that it ended in an orderly way.

    Raises:
        LocalError: it did not.
    """
    done = subprocess.run(
        [str(Path(server.binaries) / "pg_controldata"), "-D", server.data],
        env={"LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    state, place = _STATE.search(done.stdout), _CHECKPOINT.search(done.stdout)
    if state is None or place is None or state[1] != "shut down":
        raise LocalError(f"{server.program} did not end in an orderly way: {state[1] if state else done.stderr}")
    return place[1]

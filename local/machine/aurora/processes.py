"""Servers as programs of a supervisor. Its own waiting is too slow for a switch: its clock ticks once a second.

Each region has a supervisor of its own. One that is gone has taken its programs with it.
"""

import time
import xmlrpc.client
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from local.machine import rpc
from local.machine.errors import LocalError
from local.machine.processes import alive
from local.machine.stand_ins import Server
from local.machine.supervisor import AT_REST

PAUSE_SECONDS = 0.003
END_SECONDS = 30.0
_ENDING = "STOPPING"
_POSTMASTER = "postgres"


def stop(server: Server) -> None:
    """Stop it in an orderly way; returns when it has ended, to stay so until it is begun.

    Raises:
        LocalError: its supervisor will not, or the server does not end.
    """
    if _state(server) not in AT_REST:
        _ask("stopProcess", server)
    if not soon(lambda: not _runs(server), END_SECONDS):
        raise LocalError(f"{server.program} does not end")


def begin(server: Server) -> None:
    """Have it started; does not wait for it.

    Raises:
        LocalError: its supervisor will not.
    """
    if not soon(lambda: _state(server) != _ENDING, END_SECONDS):
        raise LocalError(f"the process supervisor does not see that {server.program} has ended")
    _ask("startProcess", server)


def lost(server: Server) -> bool:
    """Whether neither it nor its supervisor runs any more: it writes nothing, and nobody starts it."""
    try:
        rpc.call(Path(server.supervisor), "getState")
    except (ConnectionRefusedError, FileNotFoundError):
        return soon(lambda: not _runs(server), END_SECONDS)
    except (OSError, xmlrpc.client.Fault):
        return False
    return False


def _state(server: Server) -> str:
    return str(_call("getProcessInfo", server)["statename"])


def _ask(method: str, server: Server) -> None:
    _call(method, server, False)  # noqa: FBT003 (XML-RPC has positions only: wait)


def _call(method: str, server: Server, *arguments: object) -> Any:
    try:
        return rpc.call(Path(server.supervisor), method, server.program, *arguments)
    except (OSError, xmlrpc.client.Fault) as error:
        raise LocalError(f"the process supervisor refused {method} of {server.program}: {error}") from error


def _runs(server: Server) -> bool:
    """By the file that a server takes away last; one that was killed leaves it, and somebody else may get its pid."""
    try:
        process = psutil.Process(int((Path(server.data) / "postmaster.pid").read_text().split()[0]))
        return alive(process) and process.name() == _POSTMASTER
    except (FileNotFoundError, IndexError, psutil.NoSuchProcess):
        return False


def soon(done: Callable[[], bool], seconds: float) -> bool:
    """Ask until the answer is yes, at the pace of a switch; False if it still is no after so many seconds."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_SECONDS)
    return True

"""Servers as the supervisor's programs. Its own waiting is too slow for a switch: its clock ticks once a second."""

import time
import xmlrpc.client
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from local.machine import rpc
from local.machine.errors import LocalError
from local.machine.stand_ins import Server
from local.machine.supervisor import AT_REST

PAUSE_SECONDS = 0.003
END_SECONDS = 30.0
_ENDING = "STOPPING"


class Processes:
    """The programs of the supervisor behind a socket."""

    def __init__(self, supervisor: Path) -> None:
        self._supervisor = supervisor

    def stop(self, server: Server) -> None:
        """Stop it in an orderly way; returns when it has ended, to stay so until it is begun.

        Raises:
            LocalError: the supervisor will not, or the server does not end.
        """
        if self._state(server) not in AT_REST:
            self._ask("stopProcess", server)
        if not soon(lambda: not _alive(server), END_SECONDS):
            raise LocalError(f"{server.program} does not end")

    def begin(self, server: Server) -> None:
        """Have it started; does not wait for it.

        Raises:
            LocalError: the supervisor will not.
        """
        if not soon(lambda: self._state(server) != _ENDING, END_SECONDS):
            raise LocalError(f"the process supervisor does not see that {server.program} has ended")
        self._ask("startProcess", server)

    def _state(self, server: Server) -> str:
        return str(self._call("getProcessInfo", server)["statename"])

    def _ask(self, method: str, server: Server) -> None:
        self._call(method, server, False)  # noqa: FBT003 (XML-RPC has positions only: wait)

    def _call(self, method: str, server: Server, *arguments: object) -> Any:
        try:
            return rpc.call(self._supervisor, method, server.program, *arguments)
        except (OSError, xmlrpc.client.Fault) as error:
            raise LocalError(f"the process supervisor refused {method} of {server.program}: {error}") from error


def _alive(server: Server) -> bool:
    """By the file that a server takes away last; one that was killed leaves it."""
    try:
        return psutil.pid_exists(int((Path(server.data) / "postmaster.pid").read_text().split()[0]))
    except (FileNotFoundError, IndexError):
        return False


def soon(done: Callable[[], bool], seconds: float) -> bool:
    """Ask until the answer is yes, at the pace of a switch; False if it still is no after so many seconds."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_SECONDS)
    return True

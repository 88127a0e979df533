"""One threaded WSGI server, configured in code, for the outside systems that this machine stands in for."""

import ctypes
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

GRACE_SECONDS = 5
KEEP_ALIVE_SECONDS = 60
"""Longer than the callers' pools keep an idle connection in use, so that they seldom meet one that was just closed."""

PATIENCE_SECONDS = 1
"""How long a process that was just killed may take to give up its port."""

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class AddressInUseError(Exception):
    """The address cannot be listened on; the message says which and why."""


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    def __init__(self, load: "Callable[[], WSGIApplication]", addresses: Sequence[Address], threads: int) -> None:
        self._load = load
        self._options = {
            "bind": [str(address) for address in addresses],
            "worker_class": "gthread",
            "workers": 1,
            "threads": threads,
            "keepalive": KEEP_ALIVE_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "control_socket_disable": True,
            "post_fork": _die_with_the_master,
            "loglevel": "warning",
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        return self._load()


def serve(load: "Callable[[], WSGIApplication]", addresses: Sequence[Address], threads: int) -> None:
    """Serves until SIGTERM or SIGINT, then finishes what runs, for at most five seconds.

    Args:
        load: builds the application. It runs in the one worker process, so it may open files and start threads.
        addresses: where to listen; all lead to the same application.
        threads: how many requests are worked on at once. They are started only when needed.

    Raises:
        AddressInUseError: one of the addresses is taken or is not of this machine.
    """
    for address in addresses:
        _ensure_free(address)
    _Server(load, addresses, threads).run()


def _die_with_the_master(_master: object, _worker: object) -> None:
    """A worker whose master was killed would hold the port, and the files, against the one that takes its place."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _ensure_free(address: Address) -> None:
    """Says why in the words of the operating system, where gunicorn would only say that it cannot connect."""
    until = time.monotonic() + PATIENCE_SECONDS
    while reason := _refusal(address):
        if time.monotonic() > until:
            raise AddressInUseError(f"cannot listen on {address}: {reason}")
        time.sleep(0.05)


def _refusal(address: Address) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            return error.strerror
    return None

"""Connections to the CCP that cannot be held open by an answer's head that never ends.

A socket's time-out is per read. An answer that drips, or a row of `100 Continue`, would hold the thread for ever, so a
watch ends the connection when the time for the whole is up.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse

POOLED = 8
"""Connections kept for the next call."""


def pool_manager() -> urllib3.PoolManager:
    """Connections that repeat no call by themselves, and whose read time-out covers an answer's whole head."""
    manager = urllib3.PoolManager(maxsize=POOLED, retries=False)
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return manager


@contextmanager
def ended_after(seconds: float, end: Callable[[], object]) -> Iterator[threading.Event]:
    """Calls `end` if the block is not left in time; the event tells whether it did."""
    ended = threading.Event()

    def late() -> None:
        ended.set()
        with suppress(OSError, ValueError):  # the connection is closed already
            end()

    watch = threading.Timer(seconds, late)
    watch.daemon = True
    watch.start()
    try:
        yield ended
    finally:
        watch.cancel()


class _Connection(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        with _head_in_time(self):
            return super().getresponse()


class _TlsConnection(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        with _head_in_time(self):
            return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


@contextmanager
def _head_in_time(connection: HTTPConnection) -> Iterator[None]:
    """Bounds the reading of status line and header by the time-out that urllib3 has set for one read.

    Raises:
        TimeoutError: the time was up; what was read by then may be half a header.
    """
    underlying, seconds = connection.sock, connection.timeout
    if underlying is None or seconds is None:
        yield
        return
    with ended_after(seconds, lambda: underlying.shutdown(socket.SHUT_RDWR)) as late:
        yield
    if late.is_set():
        raise TimeoutError("the answer's head took too long")

"""supervisord's XML-RPC interface over its Unix socket, with a bound on every call."""

import http.client
import socket
import xmlrpc.client
from pathlib import Path
from typing import Any

CALL_SECONDS = 10.0


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=CALL_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CALL_SECONDS)
        self.sock.connect(str(self._path))


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:  # noqa: ARG002 (the base class's signature)
        return _UnixConnection(self._path)


def call(path: Path, method: str, *arguments: object) -> Any:
    """Call `supervisor.<method>` at the socket.

    Raises:
        OSError: nothing answers there.
        xmlrpc.client.Fault: supervisord refused.
    """
    try:
        with xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=_UnixTransport(path)) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)
    except (http.client.HTTPException, xmlrpc.client.ProtocolError) as error:
        raise ConnectionError(str(error)) from error

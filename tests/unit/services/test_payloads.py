"""The payload store against an S3 that breaks off."""

import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from services.common.errors import Unavailable
from services.common.payloads import PayloadStore

BODY = b"payload" * 100


@pytest.fixture
def breaking_s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An S3 whose answers end in the middle."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY[:50])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    yield
    server.shutdown()
    server.server_close()


def test_a_broken_connection_is_no_altered_payload(breaking_s3: None) -> None:
    with pytest.raises(Unavailable):
        PayloadStore("bucket", "eu-west-1").get("key", hashlib.sha256(BODY).hexdigest())

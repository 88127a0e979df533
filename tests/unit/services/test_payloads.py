"""The payload store against an S3 that breaks off, or that has far too much to tell."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from threading import Event, Thread

import pytest

from services.common.errors import Unavailable
from services.common.pipeline.payloads import MAX_PAYLOAD_BYTES, PayloadLost, PayloadStore

BODY = b"payload" * 100
BOMB = 100 * 1024 * 1024


@contextmanager
def s3_with(length: int, chunks: Iterable[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """An S3 that announces so many bytes and sends these; yields the sizes of what it got rid of."""
    sent: list[int] = []
    ended = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            with suppress(OSError):
                for chunk in chunks:
                    self.wfile.write(chunk)
                    sent.append(len(chunk))
            ended.set()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    try:
        yield sent
        assert ended.wait(20)
    finally:
        server.shutdown()
        server.server_close()


def test_a_broken_connection_is_no_altered_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_with(len(BODY), [BODY[:50]], monkeypatch), pytest.raises(Unavailable):
        PayloadStore("bucket", "eu-west-1").get("key", hashlib.sha256(BODY).hexdigest())


def test_an_object_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    chunk = bytes(64 * 1024)
    with (
        s3_with(BOMB, repeat(chunk, BOMB // len(chunk)), monkeypatch) as sent,
        pytest.raises(PayloadLost, match=f"larger than {MAX_PAYLOAD_BYTES} bytes"),
    ):
        PayloadStore("bucket", "eu-west-1").get("key", hashlib.sha256(BODY).hexdigest())
    # What the sockets' buffers have taken; the rest stays where it is.
    assert sum(sent) < BOMB // 4

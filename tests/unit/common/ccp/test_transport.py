"""One call has an end in time and a limit in size, whatever the other side sends."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from services.common.ccp import transport
from services.common.ccp.breaker import LONGEST_RETRY_AFTER_SECONDS
from services.common.ccp.gate import Gate, GateClosed
from services.common.ccp.transport import Deadline, NoAnswer, Patience, Transport, retry_after

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Answers one connection in its own way."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread.join(10)
    listener.close()


def drip(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(HEAD)
        for _ in range(200):
            connection.sendall(b" ")
            time.sleep(0.05)


def half(connection: socket.socket) -> None:
    connection.sendall(HEAD + b'{"half":')


def flood(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(HEAD + b" " * 1_000_000)


def drip_the_head(connection: socket.socket) -> None:
    with suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 20:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)


def go_on_and_on(connection: socket.socket) -> None:
    with suppress(OSError):
        for _ in range(500):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.02)


def shrink_by_chunk(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n")


def silence(connection: socket.socket) -> None:
    connection.settimeout(10)
    connection.recv(1)


@pytest.mark.parametrize("answer", [drip, drip_the_head, go_on_and_on, half, flood, shrink_by_chunk, silence])
def test_an_answer_that_does_not_come_in_time_and_whole_is_none(
    answer: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1000)
    gate = Gate(lambda: 0.0)
    with server(answer) as url:
        caller = Transport(url, Patience(connect=1, read=1, budget=1), gate)
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            caller.call("GET", "/sales", Deadline(0.4))
        assert time.monotonic() - began < 5, "an answer that drips takes ten"
    assert gate.wait() == 0


def test_a_hint_before_the_answer_is_not_the_answer_of_the_next_call() -> None:
    def hint_first(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n")
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nfirst")

    with server(hint_first) as url:
        caller = Transport(url, Patience(connect=0.5, read=0.5), Gate())
        for path in ("/first", "/second"):
            with pytest.raises(NoAnswer):
                caller.call("GET", path, Deadline(1))


def test_what_unpacks_to_more_than_there_is_memory_is_not_unpacked() -> None:
    packed = gzip.compress(b" " * 50_000_000)

    def bomb(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        connection.sendall(head.encode() + packed)

    with server(bomb) as url:
        assert Transport(url, Patience(), Gate()).call("GET", "/", Deadline(5)).body == packed


@pytest.mark.parametrize("place", ["http://127.0.0.1:9/elsewhere", "http://[::nowhere/", "/sales"])
def test_nobody_is_sent_elsewhere(place: str) -> None:
    def redirect(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 307 Moved\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())

    with server(redirect) as url:
        assert Transport(url, Patience(), Gate()).call("POST", "/create-order", Deadline(5)).status == 307


def test_time_that_runs_out_while_waiting_for_a_place_is_no_call() -> None:
    class Slow(Gate):
        @contextmanager
        def passing(self) -> Iterator[None]:
            time.sleep(0.05)
            with super().passing():
                yield

    with pytest.raises(GateClosed, match="used up"):
        Transport("http://127.0.0.1:1", Patience(), Slow()).call("GET", "/", Deadline(0.02))


def test_without_time_left_nothing_is_called() -> None:
    with pytest.raises(GateClosed):
        Transport("http://127.0.0.1:1", Patience(), Gate()).call("GET", "/", Deadline(0))


def test_the_budget_of_an_order_stays_below_twenty_seconds() -> None:
    patience = Patience()
    assert patience.connect + patience.read < patience.budget < 20


def test_a_deadline_is_shared_and_never_negative() -> None:
    now = [0.0]
    deadline = Deadline(10, lambda: now[0])
    now[0] = 4.0
    assert deadline.left() == 6
    now[0] = 40.0
    assert deadline.left() == 0


@pytest.mark.parametrize(
    ("header", "seconds"), [(None, None), ("", None), ("7", 7.0), ("0", 0.0), ("-1", None), ("soon", None), ("²", None)]
)
def test_a_retry_after_in_seconds(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_a_retry_after_as_a_date() -> None:
    soon = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True))
    assert soon is not None
    assert 50 < soon <= 60
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


@pytest.mark.parametrize(
    "header",
    [
        "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
        "Wed, 21 Oct 2026 07:28:00 +99999999999999999",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "9" * 400,
    ],
)
def test_no_retry_after_keeps_orders_for_longer_than_an_hour(header: str) -> None:
    gate = Gate(lambda: 0.0)
    gate.failed(retry_after(header))
    assert gate.wait() <= LONGEST_RETRY_AFTER_SECONDS

"""The load, before a server that answers as it is told to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local import seed
from tests.chaos.clients import Acknowledgements
from tests.drill.events import Recorder
from tests.drill.load import Load, Shopper

WHO = seed.customers()[0]


class Shop(ThreadingHTTPServer):
    """Turns each order away so many times, takes its time for each answer, and keeps what it was asked."""

    def __init__(self, status: int, times: int, seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.times, self.seconds = status, times, seconds
        self.keys: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Shop

    def do_POST(self) -> None:
        key = self.headers["Idempotency-Key"]
        self.server.keys.append(key)
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.seconds)
        away = self.server.keys.count(key) <= self.server.times
        self.send_response(self.server.status if away else 201)
        if away and self.server.status == 503:
            self.send_header("Retry-After", "0")
        if not away:
            self.send_header("Location", f"/orders/{key}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def shop(status: int = 503, times: int = 0, seconds: float = 0.0) -> Iterator[Shop]:
    with Shop(status, times, seconds) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def ordered(server: Shop, seconds: float, rate: float = 20) -> tuple[Recorder, Acknowledgements, Load]:
    recorder, told = Recorder(("eu", "apac")), Acknowledgements()
    with Load(f"http://127.0.0.1:{server.server_port}", [Shopper(WHO, "token")], told, recorder, rate=rate) as load:
        time.sleep(seconds)
    return recorder, told, load


def test_what_is_told_to_come_back_comes_back_with_its_key_until_it_is_accepted() -> None:
    with shop(503, times=2) as server:
        recorder, told, load = ordered(server, 0.5)
    assert load.given_up == []
    assert told.accepted.keys() == set(server.keys)
    assert all(server.keys.count(key) == 3 for key in told.accepted)
    assert [one.status for one in recorder.attempts].count(503) == 2 * len(told.accepted)


def test_what_is_refused_for_good_is_given_up_and_told() -> None:
    with shop(422, times=99) as server:
        _, told, load = ordered(server, 0.2)
    assert told.accepted == {}
    assert len(load.given_up) == len(server.keys) == len(set(server.keys)) > 0
    assert load.given_up[0].endswith(": 422")


def test_no_order_waits_for_the_one_before_it() -> None:
    with shop(seconds=0.5) as server:
        recorder, told, _ = ordered(server, 1.0)
    assert len(told.accepted) > 4  # one after the other, two or three would have been begun
    assert len({one.key for one in recorder.attempts}) == len(told.accepted)

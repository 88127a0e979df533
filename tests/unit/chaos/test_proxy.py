"""The proxy does what it is told, and nothing when it is told nothing."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from tests.chaos.proxy import Proxy, Weather

BATCH = {"QueueUrl": "q", "Entries": [{"Id": "1", "MessageBody": "a"}, {"Id": "2", "MessageBody": "b"}]}
TARGET = {"X-Amz-Target": "AmazonSQS.SendMessageBatch"}


class Upstream(ThreadingHTTPServer):
    """Answers everything with what it was asked, and remembers it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, bytes]] = []
        server = self

        class Echo(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.seen.append((self.command, self.path, body))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_DELETE = do_POST  # noqa: N815 - the names of http.server

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        super().__init__(("127.0.0.1", 0), Echo)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[Proxy]:
    with Proxy(f"http://127.0.0.1:{upstream.server_port}", seed=4) as proxy:
        yield proxy


def ask(proxy: Proxy, method: str = "POST", path: str = "/", **given: object) -> urllib3.BaseHTTPResponse:
    return urllib3.PoolManager(retries=False, timeout=5).request(method, proxy.url + path, **given)  # type: ignore[arg-type]


def test_in_good_weather_everything_passes(proxy: Proxy, upstream: Upstream) -> None:
    assert ask(proxy, body=b"hello").data == b"hello"
    assert upstream.seen == [("POST", "/", b"hello")]


def test_a_dropped_answer_was_passed_on(proxy: Proxy, upstream: Upstream) -> None:
    proxy.weather = Weather(drop_rate=1)
    with pytest.raises(urllib3.exceptions.HTTPError):
        ask(proxy, body=b"hello")
    assert len(upstream.seen) == 1


@pytest.mark.parametrize("weather", [Weather(error_rate=1), Weather(refuse="hello")])
def test_an_error_was_not_passed_on(proxy: Proxy, upstream: Upstream, weather: Weather) -> None:
    proxy.weather = weather
    assert ask(proxy, body=b"hello").status == 503
    assert upstream.seen == []


def test_a_cut_lets_nothing_through(proxy: Proxy, upstream: Upstream) -> None:
    proxy.weather = Weather(cut=True)
    with pytest.raises(urllib3.exceptions.HTTPError):
        ask(proxy, body=b"hello")
    assert upstream.seen == []


def test_each_message_is_sent_several_times_and_late(proxy: Proxy, upstream: Upstream) -> None:
    proxy.weather = Weather(copies=5, window_seconds=9)
    for _ in range(20):
        ask(proxy, json=BATCH, headers=TARGET)
    entries = [entry for _, _, body in upstream.seen for entry in json.loads(body)["Entries"]]
    counts = {key: sum(entry["Id"] == key for entry in entries) for key in ("1", "2")}
    assert all(20 < count < 100 for count in counts.values())
    assert {entry["DelaySeconds"] for entry in entries} == set(range(10))


def test_an_object_expires_before_it_is_read_first(proxy: Proxy, upstream: Upstream) -> None:
    proxy.weather = Weather(expire="/document/")
    for _ in range(2):
        ask(proxy, "GET", "/bucket/document/1")
    ask(proxy, "GET", "/bucket/email/1")
    assert [method for method, _, _ in upstream.seen] == ["DELETE", "GET", "GET", "GET"]


def test_an_object_is_altered_on_its_way(proxy: Proxy) -> None:
    proxy.weather = Weather(alter=(b"good", b"evil"))
    assert ask(proxy, "GET", body=b"all good").data == b"all evil"
    assert ask(proxy, "POST", body=b"all good").data == b"all good"


def test_what_is_slow_waits_and_each_delivery_is_counted(proxy: Proxy) -> None:
    proxy.weather = Weather(slow=("/document/", 0.05))
    messages = {"Messages": [{"MessageId": "1"}, {"MessageId": "2"}]}
    for _ in range(2):
        ask(proxy, json=messages, headers={"X-Amz-Target": "AmazonSQS.ReceiveMessage"})
    began = time.monotonic()
    ask(proxy, "GET", "/bucket/document/1")
    assert time.monotonic() - began > 0.05
    assert proxy.deliveries == {"1": 2, "2": 2}
    assert proxy.struck == {"slow": 1}


def test_a_purchase_is_known_by_its_reference_even_if_nobody_could_be_asked(proxy: Proxy) -> None:
    proxy.weather = Weather(error_rate=1)
    ask(proxy, "POST", "/create-order", headers={"Client-Reference": "order-1"})
    ask(proxy, "GET", "/sales", headers={"Client-Reference": "order-2"})
    assert proxy.references == {"order-1"}


def test_a_connection_that_closes_behind_it_closes_before_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, Proxy(f"http://127.0.0.1:{deaf.getsockname()[1]}", 1) as proxy:

        def hang_up() -> None:
            deaf.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(urllib3.exceptions.ProtocolError):
            ask(proxy, body=b"hello")


def test_one_seed_gives_one_sequence(upstream: Upstream) -> None:
    def luck(seed: int) -> list[int]:
        with Proxy(f"http://127.0.0.1:{upstream.server_port}", seed) as proxy:
            proxy.weather = Weather(error_rate=0.5)
            return [ask(proxy, body=b"x").status for _ in range(12)]

    assert luck(1) == luck(1) != luck(2)

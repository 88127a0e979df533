"""The CCP client against a CCP that misbehaves: what counts as sold, refused, or unknown."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from uuid import uuid4

import pytest
from urllib3 import BaseHTTPResponse, HTTPResponse

from services.order.ccp import CcpClient, CcpOutcomeUnknown, CcpRefused, Purchase

SALE = {
    "transactionId": str(uuid4()),
    "serviceItemId": str(uuid4()),
    "amount": 1,
    "pricePerItem": 12.34,
    "totalPrice": 12.34,
    "discount": 0,
    "licenseKeys": [{"id": str(uuid4()), "key": "K"}],
    "timestamp": "2026-11-22T12:00:00Z",
}
DEEP = b"[" * 100_000
PURCHASE = Purchase(uuid4(), uuid4(), 1, uuid4(), uuid4())


class Provider:
    """Answers each call with the next of `script`; keeps what it was asked."""

    def __init__(self) -> None:
        self.script: list[tuple[int, dict[str, str], bytes] | None] = []
        self.asked: list[tuple[dict[str, object], str | None]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                provider.asked.append((body, self.headers["Idempotency-Key"]))
                answer = provider.script.pop(0)
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, content = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.client = CcpClient(f"http://127.0.0.1:{self.server.server_port}/")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setattr("services.order.ccp.time.sleep", lambda _: None)
    running = Provider()
    yield running
    running.server.shutdown()
    running.server.server_close()


def sold(status: int = 201) -> tuple[int, dict[str, str], bytes]:
    return status, {}, json.dumps(SALE).encode()


def test_a_sale_is_read_and_the_order_id_is_the_key(provider: Provider) -> None:
    provider.script = [sold()]
    sale = provider.client.buy(PURCHASE)
    assert str(sale.price_per_item) == "12.34"
    [(body, key)] = provider.asked
    assert key == str(PURCHASE.order_id)
    assert set(body) == {"serviceId", "amount", "subscriptionId", "customerId"}


@pytest.mark.parametrize(
    "failure",
    [None, *((status, {"Retry-After": "1"}, b"") for status in (500, 503, 401, 403, 409, 429))],
)
def test_a_second_try_uses_the_same_key(provider: Provider, failure: tuple[int, dict[str, str], bytes] | None) -> None:
    provider.script = [failure, sold(200)]
    provider.client.buy(PURCHASE)
    assert [key for _, key in provider.asked] == [str(PURCHASE.order_id)] * 2


@pytest.mark.parametrize("failure", [None, (500, {}, b""), (429, {}, b"")])
def test_two_failures_leave_the_outcome_unknown(
    provider: Provider, failure: tuple[int, dict[str, str], bytes] | None
) -> None:
    provider.script = [failure, failure]
    with pytest.raises(CcpOutcomeUnknown):
        provider.client.buy(PURCHASE)


def test_a_long_retry_after_is_not_waited_for(provider: Provider) -> None:
    provider.script = [(429, {"Retry-After": "3600"}, b"")]
    with pytest.raises(CcpOutcomeUnknown):
        provider.client.buy(PURCHASE)
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"transactionId": "x"}', json.dumps(SALE | {"timestamp": "2026-11-22T12:00:00"}).encode(), DEEP],
)
def test_an_answer_that_cannot_be_read_is_no_sale_and_no_refusal(provider: Provider, body: bytes) -> None:
    provider.script = [(201, {}, body)]
    with pytest.raises(CcpOutcomeUnknown):
        provider.client.buy(PURCHASE)


def test_a_field_that_the_ccp_adds_changes_nothing(provider: Provider) -> None:
    keys = [{"id": str(uuid4()), "key": "K", "edition": 2}]
    provider.script = [(201, {}, json.dumps(SALE | {"surprise": 1, "licenseKeys": keys}).encode())]
    assert provider.client.buy(PURCHASE).license_keys[0].key == "K"


def test_a_slow_ccp_does_not_take_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.order.ccp.CALLS", 1)
    monkeypatch.setattr("services.order.ccp.TURN_SECONDS", 0.01)
    asked, answering = Event(), Event()

    class Slow(CcpClient):
        def _post(self, purchase: Purchase) -> BaseHTTPResponse:
            asked.set()
            answering.wait(20)
            return HTTPResponse(json.dumps(SALE).encode(), status=201)

    client = Slow("http://ccp.example")
    with ThreadPoolExecutor() as pool:
        first = pool.submit(client.buy, PURCHASE)
        asked.wait(20)
        with pytest.raises(CcpOutcomeUnknown, match="wait for the CCP"):
            client.buy(PURCHASE)
        answering.set()
        assert first.result(20).amount == 1
    assert client.buy(PURCHASE).amount == 1


def test_a_refusal_gives_its_reason_once(provider: Provider) -> None:
    provider.script = [(422, {}, b'{"detail": "sold out"}')]
    with pytest.raises(CcpRefused, match="sold out"):
        provider.client.buy(PURCHASE)
    provider.script = [(404, {}, b"<html>")]
    with pytest.raises(CcpRefused, match="answered 404"):
        provider.client.buy(PURCHASE)


def test_nobody_there_leaves_the_outcome_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.order.ccp.time.sleep", lambda _: None)
    with pytest.raises(CcpOutcomeUnknown):
        CcpClient("http://127.0.0.1:1").buy(PURCHASE)

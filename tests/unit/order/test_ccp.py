"""The CCP client against a CCP that misbehaves: what counts as sold, refused, or unknown."""

import json
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import uuid4

import pytest

from services.common.ccp.client import CcpNotCalled, CcpOutcomeUnknown, CcpRefused
from services.order.ccp import CcpClient, Purchase
from services.order.model import CcpSale

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
PURCHASE = Purchase(uuid4(), uuid4(), 1, uuid4(), uuid4(), (Decimal("12.34"),), "EUR")


class Provider:
    """Answers each call with the next of `script`; keeps what it was asked."""

    def buy(self) -> CcpSale:
        return self.client.buy(PURCHASE, self.client.deadline())

    def __init__(self) -> None:
        self.script: list[tuple[int, dict[str, str], bytes] | None] = []
        self.asked: list[tuple[dict[str, object], str | None]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                provider.asked.append((body, self.headers["Idempotency-Key"]))
                self.do_GET()

            def do_GET(self) -> None:
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
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.client = CcpClient(f"http://127.0.0.1:{self.server.server_port}/")


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.server.shutdown()
    running.server.server_close()


def sold(status: int = 201) -> tuple[int, dict[str, str], bytes]:
    return status, {}, json.dumps(SALE).encode()


def test_a_sale_is_read_and_the_order_id_is_the_key(provider: Provider) -> None:
    provider.script = [sold()]
    sale = provider.buy()
    assert str(sale.price_per_item) == "12.34"
    [(body, key)] = provider.asked
    assert key == str(PURCHASE.order_id)
    assert set(body) == {"serviceId", "amount", "subscriptionId", "customerId"}


@pytest.mark.parametrize(
    "failure", [None, (500, {}, b""), (503, {}, b""), (429, {}, b""), (408, {}, b""), (409, {}, b""), (302, {}, b"")]
)
def test_a_failure_is_one_call_and_leaves_the_outcome_unknown(
    provider: Provider, failure: tuple[int, dict[str, str], bytes] | None
) -> None:
    provider.script = [failure]
    with pytest.raises(CcpOutcomeUnknown) as caught:
        provider.buy()
    assert not isinstance(caught.value, CcpNotCalled)
    assert provider.script == []


def test_after_a_retry_after_nobody_is_called(provider: Provider) -> None:
    provider.script = [(429, {"Retry-After": "3600"}, b"")]
    with pytest.raises(CcpOutcomeUnknown) as caught:
        provider.buy()
    assert caught.value.retry_in == 3600
    with pytest.raises(CcpNotCalled) as closed:
        provider.buy()
    assert 3590 < closed.value.retry_in <= 3600
    assert len(provider.asked) == 1


def test_a_key_in_flight_closes_nothing(provider: Provider) -> None:
    provider.script = [*[(409, {"Retry-After": "3600"}, b"")] * 7, sold()]
    for _ in range(7):
        with pytest.raises(CcpOutcomeUnknown):
            provider.buy()
    provider.buy()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"transactionId": "x"}',
        json.dumps(SALE | {"timestamp": "2026-11-22T12:00:00"}).encode(),
        b"[" * 100_000,
    ],
)
def test_an_answer_that_cannot_be_read_is_no_sale_and_no_refusal(provider: Provider, body: bytes) -> None:
    provider.script = [(201, {}, body)]
    with pytest.raises(CcpOutcomeUnknown):
        provider.buy()


ODD = {
    "NaN": ("totalPrice", b"NaN"),
    "infinity": ("totalPrice", b"-Infinity"),
    "an exponent beyond decimals": ("totalPrice", b"1e99999999999999999999"),
    "a huge exponent": ("totalPrice", b"1e999999"),
    "a hundred digits": ("pricePerItem", b"1." + b"1" * 100),
    "5,000 digits": ("amount", b"1" * 5_000),
    "a huge amount": ("amount", b"1e300"),
    "half a character": ("timestamp", b'"\\ud800"'),
    "half a character in a key": ("licenseKeys", b'[{"id": "%s", "key": "\\ud800"}]' % str(uuid4()).encode()),
    "a key that is a number": ("licenseKeys", b'[{"id": "%s", "key": 7}]' % str(uuid4()).encode()),
    "no list": ("licenseKeys", b"{}"),
    "a discount of more than all": ("discount", b"101"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_value_makes_the_answer_unreadable(provider: Provider, name: str) -> None:
    field, value = ODD[name]
    members = [f'"{known}": {json.dumps(usual)}'.encode() for known, usual in SALE.items() if known != field]
    members.append(f'"{field}": '.encode() + value)
    provider.script = [(201, {}, b"{" + b", ".join(members) + b"}")]
    with pytest.raises(CcpOutcomeUnknown, match="cannot be read"):
        provider.buy()


def test_an_answer_that_says_two_things_says_nothing(provider: Provider) -> None:
    body = json.dumps(SALE).encode()
    provider.script = [(201, {}, b'{"amount": 2, ' + body[1:])]
    with pytest.raises(CcpOutcomeUnknown, match="twice"):
        provider.buy()


def test_a_price_is_read_to_its_last_digit(provider: Provider) -> None:
    body = json.dumps(SALE).replace("12.34", "12345678901234567.89").encode()
    provider.script = [(201, {}, body)]
    assert provider.buy().total_price == Decimal("12345678901234567.89")


def test_a_refusal_gives_its_reason_once(provider: Provider) -> None:
    provider.script = [(422, {}, b'{"detail": "sold out"}')]
    with pytest.raises(CcpRefused, match="sold out"):
        provider.buy()
    provider.script = [(404, {}, b"<html>")]
    with pytest.raises(CcpRefused, match="answered 404"):
        provider.buy()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"detail": "a\\u0000b"}',
        b'{"detail": "\\ud800"}',
        b'{"detail": ""}',
        b'{"detail": {"a": 1}}',
        json.dumps({"detail": "x" * 501}).encode(),
    ],
)
def test_a_reason_that_cannot_be_kept_is_replaced(provider: Provider, body: bytes) -> None:
    provider.script = [(422, {}, body)]
    with pytest.raises(CcpRefused, match=r"^the CCP answered 422$"):
        provider.buy()


def test_a_reason_in_several_lines_becomes_one(provider: Provider) -> None:
    provider.script = [(422, {}, b'{"detail": "no more\\n  seats"}')]
    with pytest.raises(CcpRefused, match=r"^no more seats$"):
        provider.buy()


def test_sales_of_another_order_are_nobodys(provider: Provider) -> None:
    for reference in (None, str(uuid4()), str(PURCHASE.order_id).upper()):
        entry = {"transactionId": SALE["transactionId"], "reference": reference, "cancelledAt": None, "answer": SALE}
        provider.script = [(200, {}, json.dumps({"sales": [entry], "next": None}).encode())]
        with pytest.raises(CcpOutcomeUnknown, match="another reference"):
            provider.client.sales_of(PURCHASE.order_id, provider.client.deadline())


@pytest.mark.parametrize("following", [3, 7])
def test_a_ledger_that_leads_in_a_circle_is_left(provider: Provider, following: int) -> None:
    provider.script = [(200, {}, json.dumps({"sales": [], "next": following}).encode())]
    with pytest.raises(CcpRefused, match="follows 7"):
        provider.client.sales_after(7)


def test_after_a_cancelled_sale_the_order_goes_under_a_new_key(provider: Provider) -> None:
    provider.script = [sold(), sold()]
    provider.buy()
    provider.client.buy(PURCHASE, provider.client.deadline(), renewal=1)
    keys = [key for _, key in provider.asked]
    assert keys == [str(PURCHASE.order_id), f"{PURCHASE.order_id}/1"]


def test_nobody_there_leaves_the_outcome_unknown() -> None:
    client = CcpClient("http://127.0.0.1:1")
    with pytest.raises(CcpOutcomeUnknown):
        client.buy(PURCHASE, client.deadline())


def test_a_refusal_to_list_sales_is_no_refusal_of_the_order(provider: Provider) -> None:
    provider.script = [(404, {}, b"")]
    with pytest.raises(CcpOutcomeUnknown, match="does not tell its sales"):
        provider.client.sales_of(PURCHASE.order_id, provider.client.deadline())


def test_recorded_sales_are_read_whatever_else_the_ledger_says(provider: Provider) -> None:
    order = str(PURCHASE.order_id)
    entry = {"transactionId": SALE["transactionId"], "reference": order, "cancelledAt": None, "answer": SALE, "new": 1}
    provider.script = [(200, {}, json.dumps({"sales": [entry], "next": None}).encode())]
    [sale] = provider.client.sales_of(PURCHASE.order_id, provider.client.deadline())
    assert str(sale.answer.total_price) == "12.34"

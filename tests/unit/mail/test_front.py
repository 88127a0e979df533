"""The endpoint against an emulator that records what reaches it."""

import base64
import json
from collections.abc import Iterable

import pytest
from flask.testing import FlaskClient
from urllib3.exceptions import ConnectTimeoutError

from local.mail.caller import Caller
from local.mail.delivery import Delivery
from local.mail.emulator import Answer, Emulator
from local.mail.envelope import Topic
from local.mail.errors import SesError
from local.mail.front import create_front
from local.mail.store import MailStore
from tests.unit.mail.conftest import TOPIC, invoice

SEND = "/v2/email/outbound-emails"
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=local/20260801/eu-west-1/ses/aws4_request, Signature=0"}
ACCEPTED = Answer(200, (("Content-Type", "application/json"), ("x-amzn-RequestId", "r-1")), b'{"MessageId": "id-1"}')


class Recorder(Emulator):
    """Answers every request with the same answer, or does not answer at all."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1")
        self.answer: Answer | None = ACCEPTED
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    def ask(self, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
        self.asked.append((method, target, dict(headers), body))
        if self.answer is None:
            raise ConnectTimeoutError
        return self.answer


def topics(configuration_set: str, caller: Caller) -> tuple[Topic, ...]:
    assert caller == Caller("local", "eu-west-1")
    if configuration_set != "cloud-sales-eu":
        raise SesError(404, "NotFoundException", "no such configuration set")
    return (Topic(arn=TOPIC, event_types=("SEND",)),)


@pytest.fixture
def emulator() -> Recorder:
    return Recorder()


@pytest.fixture
def client(emulator: Recorder, store: MailStore) -> FlaskClient:
    return create_front(emulator, Delivery(store, topics, lambda: None)).test_client()


def body(configuration_set: str = "cloud-sales-eu") -> bytes:
    data = base64.b64encode(invoice()).decode()
    return json.dumps({"Content": {"Raw": {"Data": data}}, "ConfigurationSetName": configuration_set}).encode()


def test_any_request_goes_on_as_it_came(client: FlaskClient, emulator: Recorder) -> None:
    target = "/v2/email/identities/a%40b.example?x=%2F&y"
    response = client.put(target, data=b"{}", headers={**SIGNED, "X-Amz-Date": "now", "Host": "email.example"})
    assert (response.status_code, response.data) == (200, ACCEPTED.body)
    assert response.headers["x-amzn-RequestId"] == "r-1"
    ((method, asked, headers, sent),) = emulator.asked
    assert (method, asked, sent) == ("PUT", target, b"{}")
    assert {**SIGNED, "X-Amz-Date": "now", "Host": "email.example"}.items() <= headers.items()


def test_an_accepted_mail_is_kept_before_the_answer(client: FlaskClient, store: MailStore) -> None:
    response = client.post(SEND, data=body(), headers=SIGNED)
    assert (response.status_code, response.data) == (200, ACCEPTED.body)
    kept = store.find("id-1")
    assert kept is not None
    assert kept.raw == invoice()
    assert kept.envelope.topics[0].arn == TOPIC


def test_a_mail_that_ses_refuses_is_not_kept(client: FlaskClient, emulator: Recorder, store: MailStore) -> None:
    emulator.answer = Answer(400, (("x-amzn-errortype", "MessageRejected"),), b'{"message": "not verified"}')
    response = client.post(SEND, data=body(), headers=SIGNED)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (400, "MessageRejected")
    assert store.names() == []


@pytest.mark.parametrize(
    ("data", "headers", "refusal"),
    [
        (b"{}", SIGNED, (400, "BadRequestException")),
        (body(), {}, (403, "MissingAuthenticationTokenException")),
        (body("unknown"), SIGNED, (404, "NotFoundException")),
    ],
)
def test_what_the_emulator_overlooks_is_refused_here(
    client: FlaskClient, emulator: Recorder, data: bytes, headers: dict[str, str], refusal: tuple[int, str]
) -> None:
    response = client.post(SEND, data=data, headers=headers)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == refusal
    assert emulator.asked == []


def test_bulk_mails_are_refused_rather_than_lost(client: FlaskClient) -> None:
    assert client.post("/v2/email/outbound-bulk-emails", data=b"{}").status_code == 400


def test_a_mail_that_cannot_be_kept_is_not_acknowledged(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, store: MailStore
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "add", full)
    response = client.post(SEND, data=body(), headers=SIGNED)
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (503, "ServiceUnavailable")


def test_an_absent_emulator_is_a_503_that_sdks_retry(client: FlaskClient, emulator: Recorder, store: MailStore) -> None:
    emulator.answer = None
    for response in (client.post(SEND, data=body(), headers=SIGNED), client.get("/v2/email/account")):
        assert (response.status_code, response.headers["x-amzn-errortype"]) == (503, "ServiceUnavailable")
    assert store.names() == []
    assert client.get("/healthz").status_code == 200

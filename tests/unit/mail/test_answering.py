"""A person answers a mail in the mailbox, and SES's rules take the answer in."""

import json
from dataclasses import dataclass, field, replace

import pytest
from flask.testing import FlaskClient

from local.mail.contents import contents
from local.mail.events import Origin
from local.mail.page import create_page
from local.mail.receipt import Receipt, Rule
from local.mail.store import MailStore
from tests.unit.mail.conftest import mail

ID = "0102-a@email.amazonses.com"
CASE = "case+0@eu.cloud-sales.example"
OURS = f"""From: invoices@eu.cloud-sales.example
To: anna@customer.example
Reply-To: {CASE}
References: <case.1@eu.cloud-sales.example>
Subject: [CASE-000017] Help

##- Please write your answer above this line -##

Which ones?
""".encode()
RULE = Rule(("eu.cloud-sales.example",), "payloads", "inbound/", "arn:aws:sns:eu-west-1:000000000000:inbound")


@dataclass
class Region:
    """What has come in."""

    rules: tuple[Rule, ...] = (RULE,)
    laid: dict[str, bytes] = field(default_factory=dict)
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def lay(self, origin: Origin, bucket: str, key: str, body: bytes) -> None:
        assert (origin, bucket) == (Origin("000000000000", "eu-west-1"), "payloads")
        self.laid[key] = body

    def publish(self, topic: str, _: str, text: str) -> None:
        assert self.laid, "the mail is there before it is told of"
        self.told.append((topic, json.loads(text)))


@pytest.fixture
def region() -> Region:
    return Region()


@pytest.fixture
def client(store: MailStore, region: Region) -> FlaskClient:
    kept = mail(ID, raw=OURS)
    store.add(kept.envelope, kept.raw)
    return create_page(store, "127.0.0.1", Receipt(lambda _: region.rules, region.lay, region.publish)).test_client()


def test_the_form_s_answer_comes_in_as_a_mail_program_would_send_it(client: FlaskClient, region: Region) -> None:
    assert 'name="text"' in client.get(f"/mails/{ID}").text
    sent = client.post(f"/mails/{ID}/replies", data={"text": "The last two."}, headers={"Origin": "http://localhost"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/mails/{ID}?answered=1")
    assert "on its way" in client.get(sent.headers["Location"]).text
    [(key, raw)] = region.laid.items()
    found = contents(raw)
    headers = dict(found.headers)
    assert (found.sender, headers["To"], found.subject) == ("anna@customer.example", CASE, "Re: [CASE-000017] Help")
    assert headers["In-Reply-To"] == headers["References"] == "<case.1@eu.cloud-sales.example>"
    text = (found.text or "").replace("\r\n", "\n")
    assert text.startswith("The last two.\n\nOn 1 August 2026 at 12:00, invoices@")
    assert "> ##- Please write your answer above this line -##" in text
    [(topic, notice)] = region.told
    receipt = notice["receipt"]
    assert isinstance(receipt, dict)
    assert (topic, receipt["recipients"]) == (RULE.topic, [CASE])
    assert receipt["action"] == {"type": "S3", "topicArn": RULE.topic, "bucketName": "payloads", "objectKey": key}


def test_a_program_answers_as_anybody(client: FlaskClient, region: Region) -> None:
    answer = client.post(f"/messages/{ID}/replies", json={"text": "Hello", "from": "eve@elsewhere.example"})
    assert answer.status_code == 202
    assert answer.json == {"path": next(iter(region.laid))}
    assert contents(next(iter(region.laid.values()))).sender == "eve@elsewhere.example"


@pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": "x", "from": "nobody"}, {"text": "x", "to": "a@b"}, []])
def test_an_answer_that_is_none_is_refused(client: FlaskClient, region: Region, body: object) -> None:
    assert client.post(f"/messages/{ID}/replies", json=body).status_code == 409
    assert region.laid == {}


def test_an_address_that_no_rule_takes_is_said(client: FlaskClient, region: Region) -> None:
    region.rules = (replace(RULE, recipients=("elsewhere.example", "sales@eu.cloud-sales.example")),)
    refused = client.post(f"/mails/{ID}/replies", data={"text": "x"})
    assert (refused.status_code, "no receipt rule" in refused.text) == (409, True)
    assert client.post("/messages/none/replies", json={"text": "x"}).status_code == 404


def test_no_web_site_answers_in_somebody_s_name(client: FlaskClient, region: Region) -> None:
    sent = client.post(f"/mails/{ID}/replies", data={"text": "x"}, headers={"Origin": "https://evil.example"})
    assert (sent.status_code, region.laid) == (403, {})


def test_a_mail_that_takes_no_answer_shows_no_form(client: FlaskClient, store: MailStore) -> None:
    kept = mail("id-2")
    store.add(kept.envelope, kept.raw)
    assert 'name="text"' not in client.get("/mails/id-2").text
    assert client.post("/mails/id-2/replies", data={"text": "x"}).status_code == 409

import base64
import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from local.mail.acceptance import Acceptance, envelope_of
from local.mail.caller import Caller, caller_in
from local.mail.contents import contents
from local.mail.errors import SesError
from local.mail.message import message_of
from local.mail.submission import parse
from tests.unit.mail.conftest import invoice

CALLER = Caller("local", "eu-west-1")
ACCEPTANCE = Acceptance("id-1", datetime(2026, 8, 1, tzinfo=UTC), CALLER, ())


def body(content: dict[str, object], **more: object) -> bytes:
    return json.dumps({"Content": content, **more}).encode()


def raw_content(raw: bytes) -> dict[str, object]:
    return {"Raw": {"Data": base64.b64encode(raw).decode()}}


def test_a_raw_message_is_kept_byte_for_byte() -> None:
    raw = invoice().replace(b"\n", b"\r\n")
    assert message_of(parse(body(raw_content(raw)))) == raw


def test_a_simple_mail_is_composed() -> None:
    simple = {
        "Subject": {"Data": "Grüße"},
        "Body": {"Text": {"Data": "text ✓"}, "Html": {"Data": "<p>html</p>", "Charset": "UTF-8"}},
        "Headers": [{"Name": "X-Order", "Value": "7"}],
        "Attachments": [
            {"RawContent": base64.b64encode(b"a,b").decode(), "FileName": "a.csv", "ContentType": "text/csv"}
        ],
    }
    submission = parse(
        body(
            {"Simple": simple}, FromEmailAddress="us@x.example", Destination={"ToAddresses": ["anna@customer.example"]}
        )
    )
    raw = message_of(submission)
    found = contents(raw)
    assert (found.sender, found.subject) == ("us@x.example", "Grüße")
    assert (found.text, found.html) == ("text ✓\r\n", "<p>html</p>\r\n")
    assert [(file.filename, file.content_type, file.data) for file in found.files] == [("a.csv", "text/csv", b"a,b")]
    assert message_from_bytes(raw, policy=default)["X-Order"] == "7"


@pytest.mark.parametrize(
    "request_body",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        body({}),
        body({"Template": {"TemplateName": "t"}}),
        body({"Raw": {"Data": "not base64!"}}),
        body({**raw_content(b"x"), "Simple": {"Subject": {"Data": ""}, "Body": {}}}),
        body(raw_content(b"x"), Destination={"ToAddresses": ["a@b.example"] * 51}),
    ],
)
def test_what_is_no_mail_is_refused_as_ses_does(request_body: bytes) -> None:
    with pytest.raises(SesError) as refused:
        message_of(parse(request_body))
    assert (refused.value.status, refused.value.code) == (400, "BadRequestException")


def test_a_header_cannot_be_smuggled_in() -> None:
    simple = {"Subject": {"Data": "x\r\nBcc: thief@evil.example"}, "Body": {"Text": {"Data": ""}}}
    with pytest.raises(SesError, match=r"Content\.Simple"):
        message_of(parse(body({"Simple": simple})))


def test_the_request_names_the_recipients() -> None:
    submission = parse(
        body(
            raw_content(invoice("other@customer.example")),
            FromEmailAddress="invoices@eu.cloud-sales.example",
            Destination={"ToAddresses": ["anna@customer.example"], "BccAddresses": ["audit@x.example"]},
            EmailTags=[{"Name": "attempt", "Value": "a-1"}],
            ConfigurationSetName="cloud-sales-eu",
        )
    )
    envelope = envelope_of(submission, message_of(submission), ACCEPTANCE)
    assert envelope.recipients == ("anna@customer.example", "audit@x.example")
    assert envelope.source == "invoices@eu.cloud-sales.example"
    assert envelope.tags == {
        "ses:from-domain": ("eu.cloud-sales.example",),
        "ses:caller-identity": ("local",),
        "ses:configuration-set": ("cloud-sales-eu",),
        "attempt": ("a-1",),
    }


def test_else_the_headers_do() -> None:
    submission = parse(body(raw_content(invoice("Anna <anna@customer.example>"))))
    envelope = envelope_of(submission, message_of(submission), ACCEPTANCE)
    assert envelope.to == ("anna@customer.example",)
    assert envelope.source == "Cloud Sales <invoices@eu.cloud-sales.example>"


def test_the_signature_names_the_caller() -> None:
    signature = "AWS4-HMAC-SHA256 Credential=local/20260801/eu-west-1/ses/aws4_request, SignedHeaders=host, Signature=0"
    assert caller_in(signature) == CALLER
    for unsigned in (None, "", "Bearer x"):
        with pytest.raises(SesError) as refused:
            caller_in(unsigned)
        assert refused.value.status == 403

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import Park
from services.email.composition import Attachment, build_message, html_twin
from services.manifests.email import EmailManifest

SENDER = "invoices@eu.cloud-sales.example"
PDF = Attachment("invoice-EU-2026-000123.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")
XSS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "javascript:alert(1)", "&lt;b&gt;"]


def built(**changes: Any) -> EmailMessage:
    fields = {"title": "Invoice 1", "body": "Dear customer,\n\nhello\nthere\n", "to": "ap@customer.example"} | changes
    return build_message(EmailManifest(**fields), SENDER, (PDF,))


def sent(message: EmailMessage) -> EmailMessage:
    received = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(received, EmailMessage)
    return received


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text.replace("\r\n", "\n")


def test_it_arrives_with_text_twin_and_attachment() -> None:
    message = sent(built(title="Rechnung für 東京", body="Привет\n\nไทย\n"))
    assert (message["From"], message["To"], message["Subject"]) == (SENDER, "ap@customer.example", "Rechnung für 東京")
    assert part(message, "plain") == "Привет\n\nไทย\n"
    assert "<p" in part(message, "html")
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "invoice-EU-2026-000123.pdf"
    assert (attachment.get_content_type(), attachment.get_content()) == ("application/pdf", PDF.content)


def test_the_bytes_are_seven_bit_with_short_lines() -> None:
    raw = built(body="ü" * 5_000).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_importance_is_a_header() -> None:
    assert built(important=True)["Importance"] == "high"
    assert built()["Importance"] is None


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: all@customer.example",
        "a@b.example\n",
        "Name <a@b.example>",
        "a b@c.example",
        "a@localhost",
        "a@-b.example",
        "a..b@c.example",
        "@b.example",
        "ab.example",
        "mü@b.example",
        "a@b.example;c@d.example",
        '"a@evil.example"@b.example',
        '"a b"@c.example',
        "a@[127.0.0.1]",
        "a@b.example\x00",
        "a%b@c.example@d.example",
        "Bcc:x@b.example",
        "a@xn--\u00fc.example",
        "x" * 65 + "@b.example",
        "a@" + ".".join(["b" * 60] * 5),
    ],
)
def test_one_plain_recipient_only(address: str) -> None:
    with pytest.raises(Park, match="the recipient's address is not one plain e-mail address") as refusal:
        built(to=address)
    assert address.strip() not in str(refusal.value), "the reason is logged"


@pytest.mark.parametrize("field", ["cc", "bcc"])
def test_nobody_else_gets_a_copy(field: str) -> None:
    with pytest.raises(Park, match="exactly one recipient"):
        built(**{field: "other@customer.example"})


@pytest.mark.parametrize("title", ["Invoice\r\nBcc: a@b.example", "Invoice\n", "a\x00b", "a\u2028b", " "])
def test_the_title_is_one_line(title: str) -> None:
    with pytest.raises(Park, match="must be one line of text"):
        built(title=title)


@pytest.mark.parametrize("body", ["a\x00b", "a\rb", "a\x1bb"])
def test_the_body_has_no_controls(body: str) -> None:
    with pytest.raises(Park, match="control character U\\+00"):
        built(body=body)


@pytest.mark.parametrize("name", ["../x.pdf", "a\r\nb.pdf", "", 'a".pdf', "x" * 101])
def test_the_attachments_name_is_plain(name: str) -> None:
    manifest = EmailManifest(title="t", body="b", to="a@b.example")
    with pytest.raises(Park, match="attachment's name"):
        build_message(manifest, SENDER, (Attachment(name, "application/pdf", b""),))


@pytest.mark.parametrize("text", XSS)
def test_markup_in_text_stays_text(text: str) -> None:
    page = html_twin(text, f"Dear {text},\n\nline {text}")
    assert "<script" not in page
    assert "<img" not in page
    assert "href" not in page
    assert ("{{ 7*7 }}" in page) == ("{{" in text)


@settings(max_examples=50, deadline=None)
@given(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=120).filter(str.strip),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=400),
)
def test_no_text_adds_a_header_or_a_part(title: str, body: str) -> None:
    message = sent(built(title=title, body=body))
    assert set(message.keys()) == {"From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"}
    assert len(list(message.iter_attachments())) == 1
    assert part(message, "plain").rstrip("\n") == body

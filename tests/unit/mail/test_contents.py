from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.mail.contents import addresses, contents
from tests.unit.mail.conftest import PDF, invoice


def test_every_part_of_an_invoice_mail_is_found() -> None:
    found = contents(invoice(html="<p>attached</p>"))
    assert found.sender == "Cloud Sales <invoices@eu.cloud-sales.example>"
    assert found.subject == "Rechnung für Żółć 請求書"
    assert found.text is not None
    assert found.text.startswith("Your invoice is attached.")
    assert found.html is not None
    assert found.html.strip() == "<p>attached</p>"
    assert [(file.filename, file.content_type, file.data) for file in found.files] == [
        ("invoice-EU-1.pdf", "application/pdf", PDF)
    ]


def test_a_mail_that_is_nothing_but_a_file_shows_the_file() -> None:
    message = EmailMessage()
    message.set_content(PDF, maintype="application", subtype="pdf")
    found = contents(message.as_bytes())
    assert (found.text, [(file.filename, file.data) for file in found.files]) == (None, [("attachment-1", PDF)])


def test_a_forwarded_mail_is_a_file() -> None:
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("hello")
    outer = EmailMessage()
    outer.set_content("see below")
    outer.add_attachment(inner)
    (file,) = contents(outer.as_bytes()).files
    assert file.content_type == "message/rfc822"
    assert b"Subject: inner" in file.data


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\nno headers",
        b"From: =?utf-8?b?////?=\nSubject: =?nonsense?q?x?=\n\nbody",
        b"Subject: \xff\xfe\n\n\xff",
        b"Content-Type: text/plain; charset=nonsense\n\nhello",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Transfer-Encoding: base64\nContent-Type: application/pdf\n\n!!!",
        b"To: <<<>>>,,;:\n\n",
    ],
)
def test_a_malformed_mail_is_still_shown(raw: bytes) -> None:
    found = contents(raw)
    "".join((found.sender, found.subject, found.text or "")).encode()
    addresses(raw, "To")


HEADERS = st.sampled_from(
    [
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Content-Type: ",
        b"Content-Disposition: ",
        b"Content-Transfer-Encoding: ",
        b"\n",
    ]
)


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=40)), max_size=8), st.binary(max_size=80))
def test_no_bytes_break_the_reader(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    raw = b"\n".join(name + value for name, value in headers) + b"\n\n" + body
    found = contents(raw)
    for text in (found.sender, found.subject, found.text or "", found.html or "", *(f.filename for f in found.files)):
        text.encode()
    addresses(raw, "To")


def test_addresses_are_bare() -> None:
    raw = b'To: "Anna, A." <anna@customer.example>, bob@customer.example\n\n'
    assert addresses(raw, "To") == ("anna@customer.example", "bob@customer.example")
    assert addresses(raw, "Cc") == ()

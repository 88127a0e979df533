"""Mails as programs, people and attackers make them: each is read, and none is believed more than it deserves."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import Park, Poison
from services.support.inbound import mime, notices
from services.support.inbound.body import LONGEST, body_of
from services.support.inbound.html_text import text_of
from services.support.inbound.judgement import automatic, doubt
from services.support.models import NewCaseMessage
from services.support.quoting import SEPARATOR
from tests.unit.support.notices import BUCKET, SENDER, notice, notice_text


def mail(text: str | None = "It fails.", html: str | None = None, **headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in ({"From": f"Aoife <{SENDER}>", "Message_ID": "<1@liffey.example>"} | headers).items():
        message[name.replace("_", "-")] = value
    if text is not None:
        message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def test_the_plain_part_the_sender_and_the_number_of_files_are_read() -> None:
    message = mail(html="<p>It fails, <b>badly</b>.</p>")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="log.pdf")
    found = mime.read(message.as_bytes())
    assert (found.sender, found.text.strip(), found.attachments) == (SENDER, "It fails.", 1)
    assert body_of(found) == "It fails.\n\n[The mail came with 1 attachment, which cases do not keep.]"


def test_a_picture_that_the_text_shows_is_no_attachment() -> None:
    message = mail()
    message.add_related(b"GIF", maintype="image", subtype="gif", cid="<logo>")
    assert mime.read(message.as_bytes()).attachments == 0


def test_html_alone_is_read_as_text() -> None:
    html = (
        "<html><head><style>p {}</style></head><body><p>It&nbsp;fails.</p>\n<div>Since<br>Monday &lt;&gt;</div></body>"
    )
    message = EmailMessage()
    message["From"] = SENDER
    message.set_content(html, subtype="html")
    assert body_of(mime.read(message.as_bytes())) == "It fails.\n\nSince\nMonday <>"


@pytest.mark.parametrize(
    ("charset", "data", "read"),
    [
        ("iso-8859-1", "M\xfcller".encode("latin-1"), "Müller"),
        ("utf-8", b"M\xfcller", "M\ufffdller"),
        ("no-such-charset", "Müller".encode(), "Müller"),
        ("utf-16", b"\xff\xfeM\x00", "M"),
    ],
)
def test_a_wrong_charset_costs_letters_and_not_the_mail(charset: str, data: bytes, read: str) -> None:
    head = f"From: {SENDER}\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    assert body_of(mime.read(head.encode() + data)) == read


@pytest.mark.parametrize(
    "sender",
    ["", "nobody", "a@b.example, c@d.example", "Friends: a@b.example, c@d.example;", "\xff\xfe", "<>", "@b.example:"],
)
def test_a_mail_that_does_not_name_one_sender_has_none(sender: str) -> None:
    raw = f"From: {sender}\r\nSubject: x\r\n\r\nHello".encode("utf-8", "replace")
    assert mime.read(raw).sender is None
    assert mime.read(f"From: {SENDER}\r\nFrom: c@d.example\r\n\r\nHello".encode()).sender is None


NASTY = [
    b"",
    b"\x00" * 1000,
    b"From: " + b"a" * 200_000,
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x--",
    b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(100)),
    b"Content-Type: text/plain; charset*=''%ff\r\n\r\nx",
    b"Content-Transfer-Encoding: base64\r\n\r\n!!!!",
    b"Content-Type: message/rfc822\r\n\r\n" * 100,
    b"From: =?utf-8?q?=ff?= <a@b>\r\nContent-Disposition: attachment; filename*0*=x\r\n\r\nx",
]


@pytest.mark.parametrize("raw", NASTY, ids=range(len(NASTY)))
def test_a_nasty_mail_is_read_without_an_error(raw: bytes) -> None:
    body_of(mime.read(raw))


def test_a_mail_that_is_endless_in_any_way_costs_no_time() -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(3000))
    for raw in (parts, b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 50_000):
        with pytest.raises(Park, match="too many parts"):
            mime.read(raw)
    for raw in (b"a=b; " * 20_000, b"\r\n a*0*=b;" * 20_000):
        with pytest.raises(Park, match="a header that is too long"):
            mime.read(b"From: a@b.example\r\nContent-Type: text/plain; " + raw + b"\r\n\r\nHello")
    for text in (b"Content-Type: text/html\r\n\r\n" + b"<a" * 500_000, b"\r\n" + b"1@:" * 500_000 + SEPARATOR.encode()):
        body_of(mime.read(text))
    assert mime.read(b"From: " + b"(" * 1_000_000 + b"\r\nMessage-ID: " + b"<" * 1_000_000).sender is None


@given(st.binary(max_size=2000), st.sampled_from([b"", b"From: a@b.example\r\n", b"Content-Type: text/html\r\n\r\n"]))
def test_any_bytes_are_read_and_what_is_kept_is_what_the_api_would_take(raw: bytes, head: bytes) -> None:
    found = mime.read(head + raw)
    if body := body_of(found):
        assert NewCaseMessage(body=body).body == body
        body.encode()


@given(st.text(max_size=400))
def test_no_markup_makes_the_reader_of_html_fail(html: str) -> None:
    text_of(html)
    text_of(f"<p>{html}<!--{html}<![CDATA[{html}<script>{html}")


def test_a_long_mail_is_cut_and_says_so() -> None:
    message = mail("x" * 20_000)
    message.add_attachment(b"", maintype="image", subtype="png", filename="a.png")
    body = body_of(mime.read(message.as_bytes()))
    assert len(body) <= LONGEST
    assert "The mail was longer" in body
    assert "1 attachment," in body


def test_the_same_mail_is_known_by_its_id_and_one_without_by_its_bytes() -> None:
    first, again, other = mail("a"), mail("b"), mail(Message_ID="<2@liffey.example>")
    del first["Message-ID"], again["Message-ID"]
    one, two = mime.read(first.as_bytes()), mime.read(again.as_bytes())
    assert one.identity == mime.read(first.as_bytes()).identity != two.identity
    assert mime.read(mail("c").as_bytes()).identity == mime.read(mail("d").as_bytes()).identity
    assert mime.read(other.as_bytes()).identity != mime.read(mail().as_bytes()).identity


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "Auto-Generated; owner=x"},
        {"Precedence": "bulk"},
        {"Precedence": "AUTO_REPLY"},
        {"List_Id": "<users.liffey.example>"},
        {"From": "MAILER-DAEMON@liffey.example"},
        {"From": "invoices@eu.cloud-sales.example"},
        {"Content_Type": "multipart/report; boundary=x"},
    ],
)
def test_what_nobody_has_written_is_told_from_what_somebody_has(headers: dict[str, str]) -> None:
    written = mail(None if "Content_Type" in headers else "x", **headers)
    assert automatic(notice(), mime.read(written.as_bytes())) is not None
    assert automatic(notice(), mime.read(mail(Auto_Submitted="no").as_bytes())) is None
    assert automatic(notice(source=""), mime.read(mail().as_bytes())) == "it is a bounce"


@pytest.mark.parametrize(
    ("verdicts", "believed"),
    [
        ({}, True),
        ({"dmarc": "PASS", "spf": "FAIL"}, True),
        ({"dmarc": "GRAY"}, True),
        ({"dmarc": "GRAY", "spf": "FAIL"}, False),
        ({"dmarc": "GRAY", "source": "bounces@mailer.example"}, False),
        ({"dmarc": "FAIL"}, False),
        ({"dmarc": "PROCESSING_FAILED"}, False),
        ({"spam": "FAIL"}, False),
        ({"virus": "FAIL"}, False),
        ({"spam": "GRAY", "virus": "PROCESSING_FAILED"}, True),
    ],
)
def test_a_sender_is_believed_as_far_as_it_is_proven(verdicts: dict[str, str], *, believed: bool) -> None:
    reason = doubt(notice(**verdicts), mime.read(mail().as_bytes()))
    assert (reason is None) is believed
    assert "@" not in (reason or "")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        notice_text(bucket="other"),
        notice_text(path="numbers/EU-000001"),
        '{"Records": []}',
    ],
)
def test_what_is_no_notice_of_a_mail_of_ours_is_poison(body: str) -> None:
    with pytest.raises(Poison):
        notices.read(body, BUCKET, "inbound/")

import hashlib
import json

import pytest
from flask.testing import FlaskClient

from local.mail.contents import File
from local.mail.page import create_page
from local.mail.presentation import media_type, safe_filename, size_text
from local.mail.receipt import Receipt
from local.mail.store import MailStore
from tests.unit.mail.conftest import PDF, invoice, mail

ID = "0102-a@email.amazonses.com"


def never(*_: object) -> None:
    raise AssertionError("nothing is answered here")


@pytest.fixture
def client(store: MailStore) -> FlaskClient:
    return create_page(store, "127.0.0.1", Receipt(lambda _: (), never, never)).test_client()


def keep(store: MailStore, message_id: str = ID, *, raw: bytes | None = None, **details: object) -> None:
    kept = mail(message_id, raw=raw, **details)  # type: ignore[arg-type]
    store.add(kept.envelope, kept.raw)


def test_an_empty_mailbox_says_so_and_looks_again(client: FlaskClient) -> None:
    text = client.get("/").text
    assert "No mail yet" in text
    assert 'http-equiv="refresh"' in text


def test_the_list_shows_the_newest_mail_first(client: FlaskClient, store: MailStore) -> None:
    keep(store, "id-1", minute=1, to=("anna@customer.example",))
    keep(store, "id-2", minute=2, to=("bob@customer.example",))
    text = client.get("/").text
    assert text.index("bob@customer.example") < text.index("anna@customer.example")
    assert "Rechnung für Żółć 請求書" in text
    assert "invoice-EU-1.pdf" in text
    assert "1 Aug 2026, 12:02:30 UTC" in text
    assert "refresh" not in text


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("anna@customer.example", ["id-1"]),
        ("ANNA@Customer.example", ["id-1"]),
        ("customer.example", ["id-2", "id-1"]),
        ("@customer.example", ["id-2", "id-1"]),
        ("", ["id-2", "id-1"]),
        ("carl", []),
    ],
)
def test_mails_are_found_by_recipient(client: FlaskClient, store: MailStore, wanted: str, found: list[str]) -> None:
    keep(store, "id-1", minute=1, to=("anna@customer.example",))
    keep(store, "id-2", minute=2, to=("Joanna <joanna@customer.example>",))
    listed = client.get("/messages.json", query_string={"to": wanted}).json
    assert [entry["id"] for entry in listed or []] == found
    page = client.get("/", query_string={"to": wanted}).text
    assert page.count('<span class="to">') == len(found)


def test_a_long_list_has_pages(client: FlaskClient, store: MailStore) -> None:
    for number in range(51):
        keep(store, f"id-{number}", minute=number)
    first, second = client.get("/").text, client.get("/?page=2").text
    assert (first.count("<li>"), second.count("<li>")) == (50, 1)
    assert ("Older" in first, "Newer" in first, "Older" in second, "Newer" in second) == (True, False, False, True)


def test_programs_get_a_list_and_the_very_message(client: FlaskClient, store: MailStore) -> None:
    keep(store)
    (entry,) = json.loads(client.get("/messages.json").text)
    assert entry == {
        "id": ID,
        "to": ["anna@customer.example"],
        "cc": [],
        "bcc": [],
        "from": "Cloud Sales <invoices@eu.cloud-sales.example>",
        "subject": "Rechnung für Żółć 請求書",
        "date": "2026-08-01T12:00:30.123456+00:00",
        "configurationSet": "cloud-sales-eu",
        "attachments": [
            {
                "filename": "invoice-EU-1.pdf",
                "contentType": "application/pdf",
                "size": len(PDF),
                "sha256": hashlib.sha256(PDF).hexdigest(),
            }
        ],
        "tags": {"ses:configuration-set": ["cloud-sales-eu"], "attempt": ["a-1"]},
    }
    message = client.get(f"/messages/{ID}")
    assert (message.data, message.mimetype) == (invoice(), "message/rfc822")


def test_a_mail_is_shown_with_its_text_and_files(client: FlaskClient, store: MailStore) -> None:
    keep(store)
    text = client.get(f"/mails/{ID}").text
    assert "Your invoice is attached." in text
    assert '<a href="https://cloud-sales.example/orders" rel="' in text
    assert "invoice-EU-1.pdf" in text
    assert "<iframe" not in text
    assert "attempt" in text


def test_an_attachment_is_downloaded_or_viewed(client: FlaskClient, store: MailStore) -> None:
    keep(store)
    download = client.get(f"/mails/{ID}/attachments/1")
    assert (download.data, download.mimetype) == (PDF, "application/pdf")
    assert download.headers["Content-Disposition"] == "attachment; filename=invoice-EU-1.pdf"
    view = client.get(f"/mails/{ID}/attachments/1/view")
    assert view.headers["Content-Disposition"].startswith("inline")


def test_only_harmless_types_are_viewed_in_place(client: FlaskClient, store: MailStore) -> None:
    keep(store, raw=invoice().replace(b"application/pdf", b"text/html"))
    view = client.get(f"/mails/{ID}/attachments/1/view")
    assert view.headers["Content-Disposition"].startswith("attachment")
    assert view.headers["X-Content-Type-Options"] == "nosniff"


def test_what_a_stranger_wrote_stays_text(client: FlaskClient, store: MailStore) -> None:
    attack = '<script>alert("x")</script>'
    raw = invoice(html=attack, filename=f"{attack}.pdf").replace(b"Your invoice", attack.encode())
    keep(store, raw=raw, to=(f"{attack}@customer.example",))
    for path in ("/", f"/mails/{ID}", f"/?to={attack}"):
        response = client.get(path)
        assert "<script" not in response.text
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<iframe sandbox src=" in client.get(f"/mails/{ID}").text
    part = client.get(f"/mails/{ID}/html")
    assert attack in part.text
    assert part.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize(
    "path",
    [
        "/mails/x",
        "/mails/x/html",
        f"/mails/{ID}/html",
        f"/mails/{ID}/attachments/0",
        f"/mails/{ID}/attachments/2",
        "/messages/x",
        "/messages/..%2f..%2fetc%2fpasswd",
        "/nowhere",
    ],
)
def test_what_does_not_exist_is_a_plain_page(client: FlaskClient, store: MailStore, path: str) -> None:
    keep(store)
    response = client.get(path)
    assert response.status_code == 404
    assert 'class="empty"' in response.text


def test_another_host_name_is_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "localhost:8025"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\x.exe", "x.exe"),
        ("a\r\nSet-Cookie: b", "a__Set-Cookie_ b"),
        ("evil\u202efdp.exe", "evil_fdp.exe"),
        ("...", "attachment"),
        ("", "attachment"),
        ("請求書.pdf", "請求書.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_filename_is_safe_to_save_under(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


def test_media_types_and_sizes() -> None:
    assert media_type(File("x", "application/pdf", b"")) == "application/pdf"
    assert media_type(File("x", "text/x\r\nSet-Cookie: a", b"")) == "application/octet-stream"
    assert [size_text(size) for size in (0, 999, 1000, 41_400, 999_499, 999_500, 1_300_000)] == [
        "0 B",
        "999 B",
        "1 kB",
        "41 kB",
        "999 kB",
        "1.0 MB",
        "1.3 MB",
    ]

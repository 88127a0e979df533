from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from local.mail.contents import contents
from local.mail.envelope import Envelope, Topic, attachment_of
from local.mail.store import Mail, MailStore

TOPIC = "arn:aws:sns:eu-west-1:000000000000:mail-events"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3 an invoice\n%%EOF\n"


@pytest.fixture
def store(tmp_path: Path) -> MailStore:
    return MailStore(tmp_path / "mail")


def invoice(to: str = "anna@customer.example", *, html: str | None = None, filename: str = "invoice-EU-1.pdf") -> bytes:
    message = EmailMessage()
    message["From"] = "Cloud Sales <invoices@eu.cloud-sales.example>"
    message["To"] = to
    message["Subject"] = "Rechnung für Żółć 請求書"
    message.set_content("Your invoice is attached.\nhttps://cloud-sales.example/orders\n")
    if html is not None:
        message.add_alternative(html, subtype="html")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename=filename)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"part-{number}")
    return message.as_bytes()


def mail(
    message_id: str = "0102-a@email.amazonses.com",
    *,
    raw: bytes | None = None,
    to: tuple[str, ...] = ("anna@customer.example",),
    minute: int = 0,
    event_types: tuple[str, ...] = ("SEND", "DELIVERY", "BOUNCE", "COMPLAINT"),
) -> Mail:
    text = invoice() if raw is None else raw
    found = contents(text)
    envelope = Envelope(
        message_id=message_id,
        accepted_at=datetime(2026, 8, 1, 12, minute, 30, 123456, tzinfo=UTC),
        source="invoices@eu.cloud-sales.example",
        sender=found.sender,
        subject=found.subject,
        to=to,
        tags={"ses:configuration-set": ("cloud-sales-eu",), "attempt": ("a-1",)},
        configuration_set="cloud-sales-eu",
        topics=(Topic(arn=TOPIC, event_types=event_types),),
        attachments=tuple(attachment_of(file) for file in found.files),
    )
    return Mail(envelope, text)

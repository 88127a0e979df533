"""What is inside a MIME message, however badly it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import getaddresses
from typing import TypeVar

Found = TypeVar("Found")

PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, MessageError)
"""What the standard library's parser raises for malformed headers and parts, which a mailbox must still show."""


@dataclass(frozen=True)
class File:
    """An attachment."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Contents:
    """The readable parts of a mail; `text` or `html` is None when the mail has no such part."""

    sender: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str | None
    html: str | None
    files: tuple[File, ...]


def contents(raw: bytes) -> Contents:
    """The parts of the message."""
    message = message_from_bytes(raw, policy=default)
    return Contents(
        sender=_header(message, "From"),
        subject=_header(message, "Subject"),
        headers=tuple((name, _header(message, name)) for name in message),
        text=_text(message, "plain"),
        html=_text(message, "html"),
        files=tuple(_file(part, number) for number, part in enumerate(_attachments(message), start=1)),
    )


def addresses(raw: bytes, header: str) -> tuple[str, ...]:
    """The bare addresses in a header of the message, such as `To`."""
    message = message_from_bytes(raw, policy=default)
    return tuple(address for _, address in getaddresses([_header(message, header)]) if address)


def _header(message: EmailMessage, name: str) -> str:
    return _or(lambda: str(message[name] or ""), "")


def _text(message: EmailMessage, subtype: str) -> str | None:
    part = _or(lambda: message.get_body((subtype,)), None)
    if part is None:
        return None
    return _or(lambda: str(part.get_content()), _data(part).decode("utf-8", "replace"))


def _attachments(message: EmailMessage) -> list[MIMEPart]:
    if not message.is_multipart() and message.get_content_maintype() != "text":
        return [message]
    return _or(lambda: list(message.iter_attachments()), [])


def _file(part: MIMEPart, number: int) -> File:
    name = _or(part.get_filename, None)
    return File(name or f"attachment-{number}", part.get_content_type(), _data(part))


def _data(part: MIMEPart) -> bytes:
    payload = _or(lambda: part.get_payload(decode=True), None)
    return payload if isinstance(payload, bytes) else _or(part.as_bytes, b"")


def _or(read: Callable[[], Found], otherwise: Found) -> Found:
    try:
        return read()
    except PARSER_FAULTS:
        return otherwise

"""A mail's bytes as what a case needs of them, however badly they are made."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.policy import default
from typing import Any, TypeVar

from services.common.errors import Park
from services.support.inbound.html_text import text_of

Found = TypeVar("Found")

_PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, MessageError, RecursionError)
"""What the standard library's parser raises for malformed headers and parts."""
_CONTAINER = re.compile(rb"multipart/|message/", re.IGNORECASE)
_DELIMITER = re.compile(rb"^--\S", re.MULTILINE)
_FIELD = re.compile(rb"^content-[a-z-]+:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_MOST_PARTS = 200
_MOST_DELIMITERS = 5_000
_LONGEST_HEADER = 2_000
"""The parser's time grows with the square of each; no person's mail comes near."""


@dataclass(frozen=True)
class Incoming:
    """A mail.

    Attributes:
        sender: the one address in `From`; None if there are none or several.
        text: the readable part, plain if there is one.
        attachments: how many files came with it.
        identity: SHA-256 of its Message-ID, or of the whole of it without one: the same mail delivered twice has one.
        media_type: of the whole mail, such as `multipart/report`.
        auto_submitted: the keyword of RFC 3834, or empty.
        precedence: an older hint at mails that nobody has written.
        of_a_list: a mailing list has sent it on.
    """

    sender: str | None
    text: str
    attachments: int
    identity: str
    media_type: str
    auto_submitted: str
    precedence: str
    of_a_list: bool


def read(raw: bytes) -> Incoming:
    """The mail in those bytes; what cannot be read of it counts as not there.

    Raises:
        Park: it is built as no person's mail is, and would take very long to read.
    """
    if _count(_CONTAINER, raw) > _MOST_PARTS or _count(_DELIMITER, raw) > _MOST_DELIMITERS:
        raise Park("the mail has too many parts")
    if any(len(field[0]) > _LONGEST_HEADER for field in _FIELD.finditer(raw)):
        raise Park("the mail has a header that is too long")
    message = _or(lambda: message_from_bytes(raw, policy=default), EmailMessage())
    parts: list[EmailMessage] = _or(lambda: [part for part in message.walk() if not part.is_multipart()], [])
    return Incoming(
        sender=_sender(message),
        text=_text(message),
        attachments=sum(map(_is_attachment, parts)),
        identity=hashlib.sha256(_header(message, "Message-ID").encode("utf-8", "replace") or raw).hexdigest(),
        media_type=_or(message.get_content_type, ""),
        auto_submitted=_keyword(message, "Auto-Submitted"),
        precedence=_keyword(message, "Precedence"),
        of_a_list=bool(_header(message, "List-Id")),
    )


def _count(pattern: re.Pattern[bytes], raw: bytes) -> int:
    return sum(1 for _ in pattern.finditer(raw))


def _sender(message: EmailMessage) -> str | None:
    named: list[Any] = _or(lambda: message.get_all("From", []), []) if _parsable(message, "From") else []
    if len(named) != 1:
        return None
    addresses: list[str] = _or(lambda: [str(one.addr_spec) for one in named[0].addresses], [])
    return addresses[0] if len(addresses) == 1 and "@" in addresses[0] else None


def _text(message: EmailMessage) -> str:
    plain = _content(_or(lambda: message.get_body(("plain",)), None))
    return plain if plain.strip() else text_of(_content(_or(lambda: message.get_body(("html",)), None)))


def _content(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    # An unknown charset, or bytes that are none of it: what can be read of them is better than nothing.
    data = _or(lambda: part.get_payload(decode=True), None)
    otherwise = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return _or(lambda: str(part.get_content()), otherwise)


def _is_attachment(part: EmailMessage) -> bool:
    """Not the text itself, and not a picture that the text shows, such as a signature's."""
    if _or(part.get_content_disposition, None) == "attachment":
        return True
    return _or(part.get_content_maintype, "text") != "text" and not _header(part, "Content-ID")


def _keyword(message: EmailMessage, name: str) -> str:
    return _header(message, name).partition(";")[0].strip().lower()


def _header(message: EmailMessage, name: str) -> str:
    return _or(lambda: str(message[name] or "").strip(), "") if _parsable(message, name) else ""


def _parsable(message: EmailMessage, name: str) -> bool:
    return all(len(value) <= _LONGEST_HEADER for key, value in message.raw_items() if key.lower() == name.lower())


def _or(read: Callable[[], Found], otherwise: Found) -> Found:
    try:
        return read()
    except _PARSER_FAULTS:
        return otherwise

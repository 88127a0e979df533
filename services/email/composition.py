"""Composes an e-mail as it goes over the wire: headers that nobody can inject into, text, HTML twin, attachments."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.common.errors import Park
from services.manifests.email import EmailManifest

_TEMPLATES = Path(__file__).parent / "templates"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LINE_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})+")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Attachment:
    """A file and the name under which the reader sees it."""

    name: str
    media_type: str
    content: bytes


def build_message(manifest: EmailManifest, sender: str, attachments: Sequence[Attachment]) -> EmailMessage:
    """The message from our address; SES adds Date and Message-ID, in the place of any that we would give.

    So what holds a conversation together is a reference that all of its mails have, to a message that never was.

    Raises:
        Park: an address, the title, the body or a file name is not fit for a mail; the reason says which.
    """
    if manifest.cc or manifest.bcc:
        raise Park("the mail names cc or bcc recipients: a mail goes to exactly one recipient, so send one to each")
    message = EmailMessage(policy=SMTP)
    message["From"] = _mailbox(sender, "sender")
    message["To"] = _mailbox(manifest.to, "recipient")
    message["Subject"] = _title(manifest.title)
    domain = sender.rpartition("@")[2]
    if manifest.reply_to:
        message["Reply-To"] = _mailbox(f"{manifest.reply_to}@{domain}", "answers'")
    if manifest.thread:
        message["In-Reply-To"] = message["References"] = f"<{manifest.thread}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if manifest.important:
        message["Importance"] = "high"
    text = _body(manifest.body)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html_twin(manifest.title, text), subtype="html", cte="quoted-printable")
    for attachment in attachments:
        if not _FILE_NAME.fullmatch(attachment.name):
            raise Park(f"the attachment's name {attachment.name!r} may only have letters, digits, dots and hyphens")
        maintype, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name)
    return message


def html_twin(title: str, body: str) -> str:
    """The same text as a plain HTML page: everything escaped, no links, no images, nothing loaded."""
    paragraphs = [paragraph.splitlines() for paragraph in re.split(r"\n{2,}", body.strip())]
    return _environment().get_template("message.html").render(title=title, paragraphs=paragraphs)


def _mailbox(text: str, role: str) -> Address:
    found = _ADDRESS.fullmatch(text)
    if found is None or len(text) > 254 or len(found["local"]) > 64:
        # Not quoted: the reason is logged, and an address is a person's.
        raise Park(f"the {role}'s address is not one plain e-mail address such as name@company.example")
    return Address(addr_spec=text)


def _title(text: str) -> str:
    if not text.strip() or _CONTROL.search(text):
        raise Park(f"the mail's title {text!r} must be one line of text")
    return text


def _body(text: str) -> str:
    unified = text.replace("\r\n", "\n")
    found = _LINE_CONTROL.search(unified) or re.search("\r", unified)
    if found:
        raise Park(f"the mail's body has the control character U+{ord(found[0]):04X}: remove it")
    return unified


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )

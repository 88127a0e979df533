"""An answer to a mail, as a person's mail program writes it."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr

from local.mail.contents import addresses, contents
from local.mail.store import Mail


class UnanswerableError(Exception):
    """The mail cannot be answered; the message says why."""


@dataclass(frozen=True)
class Reply:
    """A message on its way to us."""

    source: str
    recipient: str
    raw: bytes


def answerable(mail: Mail) -> bool:
    """Whether the mail says where answers go."""
    return bool(addresses(mail.raw, "Reply-To"))


def reply_to(mail: Mail, text: str, sender: str | None = None) -> Reply:
    """The answer of the mail's recipient, or of another sender, above the mail itself.

    Raises:
        UnanswerableError: the mail does not say where answers go, the text is empty, or the sender is no address.
    """
    found = contents(mail.raw)
    answers = addresses(mail.raw, "Reply-To")
    source = parseaddr(sender or next(iter(mail.envelope.recipients), ""))[1]
    if not answers:
        raise UnanswerableError("the mail does not say where answers go (Reply-To)")
    if not text.strip():
        raise UnanswerableError("the answer is empty")
    if "@" not in source:
        raise UnanswerableError("the sender is no e-mail address")
    headers = dict(found.headers)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"], message["To"] = source, answers[0]
        message["Subject"] = f"Re: {found.subject}"
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=source.rpartition("@")[2])
        if thread := headers.get("References"):
            message["In-Reply-To"] = message["References"] = thread
        message.set_content(f"{text.strip()}\n\n{_quoted(found.text or '', mail)}")
        return Reply(source, answers[0], message.as_bytes())
    except ValueError as error:
        raise UnanswerableError(f"the answer cannot be written: {error}") from error


def _quoted(text: str, mail: Mail) -> str:
    lines = (f"> {line}".rstrip() for line in text.strip().splitlines())
    at = mail.envelope.accepted_at
    return "\n".join((f"On {at:%-d %B %Y at %H:%M}, {mail.envelope.source} wrote:", *lines)) + "\n"

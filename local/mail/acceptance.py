"""From an accepted submission to the envelope under which the mail is kept."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from local.mail.caller import Caller
from local.mail.contents import addresses, contents
from local.mail.envelope import Envelope, Topic, attachment_of
from local.mail.submission import Submission


@dataclass(frozen=True)
class Acceptance:
    """SES's word that it will deliver a mail, and whom it will tell."""

    message_id: str
    at: datetime
    caller: Caller
    topics: tuple[Topic, ...]


def envelope_of(submission: Submission, raw: bytes, acceptance: Acceptance) -> Envelope:
    """The envelope of a mail that was just accepted.

    As in SES, the message's own headers say the sender and the recipients when the request does not.
    """
    found = contents(raw)
    source = submission.from_email_address or found.sender
    named = submission.destination
    silent = not (named.to_addresses or named.cc_addresses or named.bcc_addresses)
    return Envelope(
        message_id=acceptance.message_id,
        accepted_at=acceptance.at,
        source=source,
        sender=found.sender or source,
        subject=found.subject,
        to=addresses(raw, "To") if silent else named.to_addresses,
        cc=addresses(raw, "Cc") if silent else named.cc_addresses,
        bcc=addresses(raw, "Bcc") if silent else named.bcc_addresses,
        tags=_tags(submission, source, acceptance.caller),
        configuration_set=submission.configuration_set_name,
        topics=acceptance.topics,
        attachments=tuple(attachment_of(file) for file in found.files),
    )


def _tags(submission: Submission, source: str, caller: Caller) -> dict[str, tuple[str, ...]]:
    """The tags of the request and those that SES adds."""
    tags: dict[str, tuple[str, ...]] = {
        "ses:from-domain": (parseaddr(source)[1].rpartition("@")[2],),
        "ses:caller-identity": (caller.access_key,),
    }
    if submission.configuration_set_name:
        tags["ses:configuration-set"] = (submission.configuration_set_name,)
    for tag in submission.email_tags:
        tags[tag.name] = (*tags.get(tag.name, ()), tag.value)
    return tags

"""The events that SES publishes of a mail, in the JSON that it publishes them in.

Mail is delivered at once, except to SES's own mailbox simulator, whose addresses bounce and complain here as there.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from local.mail.contents import contents
from local.mail.envelope import Envelope
from local.mail.store import Mail

SIMULATOR = "@simulator.amazonses.com"
SUBJECT = "Amazon SES Email Event Notification"


@dataclass(frozen=True)
class Event:
    """One event. `type` is its name in a configuration set, such as `DELIVERY`; `text` is what is published."""

    type: str
    text: str


@dataclass(frozen=True)
class Origin:
    """The account and region that the mail was sent from."""

    account: str
    region: str


def origin_of(topic_arn: str) -> Origin:
    """The account and region of a topic, which SES requires to be the mail's own."""
    _, _, _, region, account, _ = topic_arn.split(":", 5)
    return Origin(account, region)


def events(mail: Mail, origin: Origin) -> Iterator[Event]:
    """All events of the mail, in the order in which they happen; the same mail always has the same events."""
    about = _mail(mail, origin)
    yield _event("Send", about, {})
    for recipient in mail.envelope.recipients:
        for kind, detail in _outcomes(recipient, mail.envelope):
            yield _event(kind, about, detail)


def _outcomes(recipient: str, envelope: Envelope) -> Iterator[tuple[str, dict[str, object]]]:
    at = timestamp(envelope.accepted_at)
    local_part = recipient.lower().removesuffix(SIMULATOR).partition("+")[0]
    simulated = local_part if recipient.lower().endswith(SIMULATOR) else ""
    feedback = {"feedbackId": f"{envelope.message_id}-{recipient}", "timestamp": at}
    if simulated == "bounce":
        bounced = {
            "emailAddress": recipient,
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
        yield (
            "Bounce",
            {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [bounced], **feedback},
        )
        return
    yield (
        "Delivery",
        {"timestamp": at, "processingTimeMillis": 0, "recipients": [recipient], "smtpResponse": "250 2.0.0 OK"},
    )
    if simulated == "complaint":
        complained = [{"emailAddress": recipient}]
        yield "Complaint", {"complainedRecipients": complained, "complaintFeedbackType": "abuse", **feedback}


def _event(kind: str, about: dict[str, object], detail: dict[str, object]) -> Event:
    return Event(kind.upper(), json.dumps({"eventType": kind, "mail": about, kind.lower(): detail}))


def _mail(mail: Mail, origin: Origin) -> dict[str, object]:
    envelope, found = mail.envelope, contents(mail.raw)
    return {
        "timestamp": timestamp(envelope.accepted_at),
        "source": envelope.source,
        "sourceArn": f"arn:aws:ses:{origin.region}:{origin.account}:identity/{envelope.source}",
        "sendingAccountId": origin.account,
        "messageId": envelope.message_id,
        "destination": list(envelope.recipients),
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in found.headers],
        "commonHeaders": {
            "from": [found.sender],
            "to": list(envelope.to),
            "messageId": envelope.message_id,
            "subject": found.subject,
        },
        "tags": {name: list(values) for name, values in envelope.tags.items()},
    }


def timestamp(at: datetime) -> str:
    """The moment as SES writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""What SES says about a mail after it took it: evidence for the ledger, and addresses that get no mail any more."""

import json
import logging
import math
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from services.common import orders
from services.common.database import Connection, Database
from services.common.errors import Poison, Retry, Unavailable
from services.common.pipeline.queues import Message
from services.email import suppression
from services.registry import FEWEST_RECEIVES

ATTEMPT_TAG = "attempt"
"""The e-mail tag that carries a ledger attempt's id to SES and back."""

_GREETING = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES publishes once when the event destination is made; the only message that is not JSON."""
PERMANENT = "Permanent"
NOT_SPAM = "not-spam"
"""The feedback of somebody who takes a complaint back."""

_log = logging.getLogger(__name__)


class _Part(BaseModel):
    """SES may add fields at any time, so unknown ones are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class _Mail(_Part):
    message_id: str
    timestamp: datetime
    tags: dict[str, list[str]] = Field(default_factory=dict)


class _Recipient(_Part):
    email_address: str = Field(min_length=3, max_length=320)


class _Bounce(_Part):
    bounce_type: str
    bounce_sub_type: str = "General"
    bounced_recipients: list[_Recipient]


class _Complaint(_Part):
    complained_recipients: list[_Recipient]
    complaint_feedback_type: str | None = None


class _Reject(_Part):
    reason: str = Field(max_length=200)


class SesEvent(_Part):
    """The part of an SES event that we use."""

    event_type: str
    mail: _Mail
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None
    reject: _Reject | None = None

    @property
    def attempt_id(self) -> UUID | None:
        """The ledger attempt this is about, or None for a mail that the ledger did not send."""
        given = self.mail.tags.get(ATTEMPT_TAG, [])
        try:
            return UUID(given[0]) if given else None
        except ValueError:
            return None

    @property
    def name(self) -> str:
        """Its name in our records: a bounce that may still end well is another thing than one for good."""
        if self.bounce is not None and self.bounce.bounce_type != PERMANENT:
            return f"{self.event_type}:{self.bounce.bounce_type}"
        if self.complaint is not None and self.complaint.complaint_feedback_type == NOT_SPAM:
            return f"{self.event_type}:{NOT_SPAM}"
        return self.event_type

    @property
    def refusers(self) -> tuple[str, ...]:
        """The addresses that nothing may be sent to any more, and why: a hard bounce or a complaint."""
        if self.name == "Bounce" and self.bounce is not None:
            return tuple(recipient.email_address for recipient in self.bounce.bounced_recipients)
        if self.name == "Complaint" and self.complaint is not None:
            return tuple(recipient.email_address for recipient in self.complaint.complained_recipients)
        return ()


class EventRecorder:
    """Records every event of a ledger attempt once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, message: Message) -> None:
        """Records one event, and suppresses the recipients that do not want or cannot get mail.

        Raises:
            Poison: the message is no SES event.
        """
        if message.body == _GREETING:
            return
        try:
            event = SesEvent.model_validate(json.loads(message.body))
        except (ValueError, ValidationError, RecursionError):
            raise Poison("the message is no SES event") from None
        if (attempt := event.attempt_id) is None:
            return
        with self._database.transaction() as connection:
            recorded = connection.execute(
                """
                INSERT INTO mail_event (attempt_id, event_type, message_id, at)
                VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
                """,
                (attempt, event.name, event.mail.message_id, event.mail.timestamp),
            )
            if recorded.rowcount == 1:
                _heed(connection, event, attempt)


def unhurried(take: Callable[[Message], None], evidence_seconds: int) -> Callable[[Message], None]:
    """`take`, with so long a wait after each `Unavailable` that the queue's receives last for the evidence window.

    Nobody sends an event again: on the dead-letter queue it would prove nothing, and its mail would go out twice.
    """
    seconds = math.ceil(evidence_seconds / FEWEST_RECEIVES)

    def taken(message: Message) -> None:
        try:
            take(message)
        except Unavailable as fault:
            _log.warning("event not recorded", extra={"reason": fault, "attempt": message.received})
            raise Retry(fault.detail, seconds=seconds) from None

    return taken


def _heed(connection: Connection, event: SesEvent, attempt: UUID) -> None:
    for address in event.refusers:
        suppression.suppress(connection, address, event.name, event.mail.message_id, event.mail.timestamp)
    told = _told(event)
    row = connection.execute(
        "SELECT order_id FROM email_ledger WHERE attempt_id = %(id)s OR earlier_attempts @> ARRAY[%(id)s]",
        {"id": attempt},
    ).fetchone()
    if told is not None and row is not None:
        orders.note(connection, row["order_id"], *told)


def _told(event: SesEvent) -> tuple[str, str] | None:
    """What the order's history says of the event: a stage and its detail; None for what is as it should be."""
    if event.name == "Bounce" and event.bounce is not None:
        kind = event.bounce.bounce_sub_type
        return "BOUNCED", f"the mail came back for good ({kind}); no mail goes to this address any more"
    if event.name == "Complaint":
        return "COMPLAINED", "the recipient reported the mail as unwanted; no mail goes to this address any more"
    if event.reject is not None:
        return "UNDELIVERED", f"SES took the mail and did not deliver it: {event.reject.reason}"
    return None

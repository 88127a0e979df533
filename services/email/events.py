"""What SES says about a mail after it took it: kept as evidence for the ledger."""

import json
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from services.common.database import Database
from services.common.errors import Poison
from services.common.queues import Message

ATTEMPT_TAG = "attempt"
"""The e-mail tag that carries a ledger attempt's id to SES and back."""


_GREETING = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES publishes once when the event destination is made; the only message that is not JSON."""


class _Mail(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")

    message_id: str
    timestamp: datetime
    tags: dict[str, list[str]] = Field(default_factory=dict)


class SesEvent(BaseModel):
    """The part of an SES event that we use; SES may add fields at any time, so unknown ones are ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")

    event_type: str
    mail: _Mail

    @property
    def attempt_id(self) -> UUID | None:
        """The ledger attempt this is about, or None for a mail that the ledger did not send."""
        given = self.mail.tags.get(ATTEMPT_TAG, [])
        try:
            return UUID(given[0]) if given else None
        except ValueError:
            return None


class EventRecorder:
    """Records every event of a ledger attempt once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, message: Message) -> None:
        """Records one event.

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
            connection.execute(
                """
                INSERT INTO mail_event (attempt_id, event_type, message_id, at)
                VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
                """,
                (attempt, event.event_type, event.mail.message_id, event.mail.timestamp),
            )

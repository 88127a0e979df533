"""SES's events of mails that came back."""

import json
from uuid import UUID

from services.common.pipeline.queues import Message
from tests.support.pipeline import Pipeline, ses_event


def told(pipeline: Pipeline, kind: str, detail: dict[str, object], attempt: UUID | None = None) -> Message:
    attempt = attempt or pipeline.outbound.accepted[-1][2]
    event = json.loads(ses_event(attempt, kind).body) | {kind.lower(): detail}
    return Message(json.dumps(event), "receipt", 1)


def bounce(address: str, kind: str = "Permanent") -> dict[str, object]:
    return {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": address}]}

"""How far a mail has come, in one word for those who wait for it."""

from collections.abc import Collection
from enum import StrEnum


class MailState(StrEnum):
    """How far a mail has come. BOUNCED: it came back, or its reader reported it as unwanted."""

    WAITING = "WAITING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    BOUNCED = "BOUNCED"
    FAILED = "FAILED"


def mail_state(ledger: str | None, outcome: str | None, events: Collection[str]) -> MailState:
    """The state by the ledger's, the outcome of the e-mail service's work and what SES has told of the mail."""
    if {"Bounce", "Complaint", "Reject"} & set(events):
        return MailState.BOUNCED
    if "Delivery" in events:
        return MailState.DELIVERED
    if ledger == "SENT":
        return MailState.SENT
    if ledger == "FAILED" or outcome in ("parked", "replaced"):
        return MailState.FAILED
    return MailState.WAITING

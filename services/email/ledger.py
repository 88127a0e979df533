"""The e-mail ledger: SENDING is committed before SES is called, so that a crash leaves a question and never a guess.

SES takes no idempotency key. What a crash left open is answered by SES's own send event, which carries the id of the
attempt; only when no event has come within the evidence window is the mail sent again.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from services.common.database import Connection
from services.common.errors import Park
from services.common.inbox import Work
from services.email.suppression import reason_against, recipient_hash


@dataclass(frozen=True)
class Send:
    """Call SES now, with this attempt's id; `again` if an earlier attempt left no evidence."""

    attempt_id: UUID
    again: bool


@dataclass(frozen=True)
class Sent:
    """SES has accepted this mail before."""

    message_id: str


@dataclass(frozen=True)
class Wait:
    """It is not known yet whether SES has accepted the mail: ask again after `seconds`."""

    seconds: int


def begin(connection: Connection, work: Work, recipient: str, evidence_seconds: int) -> Send | Sent | Wait:
    """Decides what to do about a mail, and records a new attempt if that is to send it.

    Raises:
        Park: it would have to be sent, but the recipient has bounced for good or complained since.
    """
    decision = _decide(connection, work, recipient, evidence_seconds)
    if isinstance(decision, Send) and (reason := reason_against(connection, recipient)) is not None:
        raise Park(f"{reason}; ask the customer for another address")
    return decision


def _decide(connection: Connection, work: Work, recipient: str, evidence_seconds: int) -> Send | Sent | Wait:
    attempt = uuid4()
    inserted = connection.execute(
        """
        INSERT INTO email_ledger (path, order_id, recipient_sha256, state, attempt_id)
        VALUES (%s, %s, %s, 'SENDING', %s) ON CONFLICT (path) DO NOTHING
        """,
        (work.path, work.order_id, recipient_hash(recipient), attempt),
    )
    if inserted.rowcount == 1:
        return Send(attempt, again=False)
    row = connection.execute(
        """
        SELECT l.state, l.message_id, e.message_id AS evidence,
            ceil(extract(epoch FROM l.sending_since + make_interval(secs => %s) - now()))::int AS remaining
        FROM email_ledger l
        LEFT JOIN mail_event e ON e.attempt_id = l.attempt_id AND e.event_type = 'Send'
        WHERE l.path = %s FOR UPDATE OF l
        """,
        (evidence_seconds, work.path),
    ).fetchone()
    if row is None:
        raise LookupError(f"the ledger has no row for {work.path}")
    if row["state"] == "SENT":
        return Sent(row["message_id"])
    if row["evidence"] is not None:
        return Sent(row["evidence"])
    if row["remaining"] > 0:
        connection.execute("UPDATE email_ledger SET state = 'UNKNOWN' WHERE path = %s", (work.path,))
        return Wait(row["remaining"])
    connection.execute(
        """
        UPDATE email_ledger
        SET state = 'SENDING', attempt_id = %s, attempts = attempts + 1, sending_since = now(), updated_at = now()
        WHERE path = %s
        """,
        (attempt, work.path),
    )
    return Send(attempt, again=True)


def withdraw(connection: Connection, attempt_id: UUID) -> None:
    """Takes back an attempt that SES has refused for sure, so that the next one need not wait for evidence."""
    connection.execute(
        "UPDATE email_ledger SET sending_since = now() - interval '1 year', updated_at = now() WHERE attempt_id = %s",
        (attempt_id,),
    )


def accepted(connection: Connection, work: Work, message_id: str) -> None:
    """Records that SES has accepted the mail."""
    connection.execute(
        "UPDATE email_ledger SET state = 'SENT', message_id = %s, updated_at = now() WHERE path = %s",
        (message_id, work.path),
    )

"""The e-mail ledger: SENDING is committed before SES is called, so that a crash leaves a question and never a guess.

SES takes no idempotency key. What a crash left open is answered by SES's own events, which carry the id of the attempt;
only when none has come within the evidence window is the mail sent again. Events may be late, so those of every attempt
count for as long as the mail is not known to be sent.

A mail is QUEUED (SES has nothing of it for sure), SENDING, UNKNOWN (an attempt ended without an answer), SENT, or
FAILED with a reason, until a person restarts the order.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from services.common.database import Connection
from services.common.pipeline.inbox import Work
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


@dataclass(frozen=True)
class Refused:
    """The mail must not be sent: the recipient has bounced for good or complained since."""

    reason: str


def begin(connection: Connection, work: Work, recipient: str, evidence_seconds: int) -> Send | Sent | Wait | Refused:
    """Decides what to do about a mail, and records a new attempt if that is to send it."""
    decision = _decide(connection, work, recipient, evidence_seconds)
    if isinstance(decision, Send) and (reason := reason_against(connection, recipient)) is not None:
        fail(connection, decision.attempt_id, reason)
        return Refused(reason)
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
        SELECT l.state, l.message_id, l.state IN ('SENDING', 'UNKNOWN') AS open,
            (
                SELECT e.message_id FROM mail_event e
                WHERE e.attempt_id = ANY(l.earlier_attempts || l.attempt_id) AND e.event_type <> 'Reject'
                ORDER BY e.at LIMIT 1
            ) AS evidence,
            CASE WHEN l.state IN ('SENDING', 'UNKNOWN')
                THEN ceil(extract(epoch FROM l.sending_since + make_interval(secs => %s) - now()))::int ELSE 0
            END AS remaining
        FROM email_ledger l WHERE l.path = %s FOR UPDATE OF l
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
        SET state = 'SENDING', reason = NULL, attempt_id = %s, earlier_attempts = earlier_attempts || attempt_id,
            attempts = attempts + 1, sending_since = now(), updated_at = now()
        WHERE path = %s
        """,
        (attempt, work.path),
    )
    return Send(attempt, again=row["open"])


def withdraw(connection: Connection, attempt_id: UUID) -> None:
    """Takes back an attempt that SES has refused for now, so that the next one need not wait for evidence."""
    _close(connection, attempt_id, "QUEUED", None)


def fail(connection: Connection, attempt_id: UUID, reason: str) -> None:
    """Records that the mail of this attempt cannot be sent, and why."""
    _close(connection, attempt_id, "FAILED", reason)


def _close(connection: Connection, attempt_id: UUID, state: str, reason: str | None) -> None:
    """An attempt that another one has followed, or whose mail is sent after all, has no say any more."""
    connection.execute(
        """
        UPDATE email_ledger SET state = %s, reason = %s, updated_at = now()
        WHERE attempt_id = %s AND state IN ('SENDING', 'UNKNOWN')
        """,
        (state, reason, attempt_id),
    )


def accepted(connection: Connection, work: Work, message_id: str) -> bool:
    """Records that SES has accepted the mail; False if it had accepted it as another message before."""
    recorded = connection.execute(
        """
        UPDATE email_ledger SET state = 'SENT', reason = NULL, message_id = %(id)s, updated_at = now()
        WHERE path = %(path)s AND (state <> 'SENT' OR message_id = %(id)s)
        """,
        {"id": message_id, "path": work.path},
    )
    return recorded.rowcount == 1

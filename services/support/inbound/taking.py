"""Takes one mail: into its case, aside with the reason, or away. Whatever becomes of it is noted once."""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.common.database import Connection, Database
from services.common.errors import NotPossible, Park, Retry, Unavailable
from services.common.pipeline.queues import Message
from services.support import cases, letters
from services.support.cases import Event
from services.support.inbound import mime, notices
from services.support.inbound.body import body_of
from services.support.inbound.judgement import automatic, doubt
from services.support.inbound.mime import Incoming
from services.support.inbound.notices import Notice
from services.support.inbound.store import MailStore
from services.support.messages import append
from services.support.reply_address import token_of
from services.support.states import Author

ACTOR = "mail"
"""How a case's history names what no known person did."""
REFUSED = "refusedMail"
"""What the history calls a mail that its case did not take; the value is the reason."""
LATE = "the case is closed"
PAUSE_SECONDS = 900
"""SES tells of a mail once: the queue's few receives have to outlast an hour or so without S3 or the database."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: `ADDED` with its message, or `PARKED` or `DROPPED` with the reason."""

    kind: str
    reason: str | None = None
    message_id: UUID | None = None


class MailTaker:
    """Takes the notices of the inbound queue.

    A mail is known by its object: a notice that comes again finds what became of it. A mail that its sender's server
    has delivered twice is two objects with one Message-ID, and is added once all the same.
    """

    def __init__(self, database: Database, mails: MailStore, bucket: str, prefix: str) -> None:
        self._database = database
        self._mails = mails
        self._bucket = bucket
        self._prefix = prefix

    def take(self, message: Message) -> None:
        """Takes one mail.

        Raises:
            Poison: the message is no notice of a mail of ours.
            Retry: S3 or the database does not answer.
        """
        try:
            self._take(message)
        except Unavailable as fault:
            _log.warning("mail not taken", extra={"reason": fault.detail, "attempt": message.received})
            raise Retry(fault.detail, seconds=PAUSE_SECONDS) from None

    def _take(self, message: Message) -> None:
        if message.body.startswith(notices.GREETING):
            return
        notice = notices.read(message.body, self._bucket, self._prefix)
        with self._database.transaction() as connection:
            if _known(connection, notice.path):
                _log.info("delivered again, nothing to do", extra={"path": notice.path})
                return
        found = self._read(notice)
        with self._database.transaction() as connection:
            outcome = _settle(connection, notice, found)
        if outcome is not None:
            extra = {"path": notice.path, "outcome": outcome.kind, "reason": outcome.reason}
            _log.log(logging.WARNING if outcome.kind == "PARKED" else logging.INFO, "mail taken", extra=extra)

    def _read(self, notice: Notice) -> Incoming | Outcome:
        """The mail, or what becomes of it whichever case it is for."""
        try:
            mail = mime.read(self._mails.get(notice.path))
        except Park as fault:
            return Outcome("PARKED", str(fault))
        if (reason := automatic(notice, mail)) is not None:
            return Outcome("DROPPED", reason)
        if (reason := doubt(notice, mail)) is not None:
            return Outcome("PARKED", reason)
        return mail


def _known(connection: Connection, path: str) -> bool:
    return connection.execute("SELECT FROM inbound_mail WHERE path = %s", (path,)).rowcount == 1


def _settle(connection: Connection, notice: Notice, found: Incoming | Outcome) -> Outcome | None:
    """What became of the mail, noted; None if another delivery of the notice was faster."""
    case = _case(connection, notice)
    # Once more: its case is locked only now.
    if _known(connection, notice.path):
        return None
    if isinstance(found, Outcome):
        outcome, identity = found, None
    else:
        outcome, identity = _into(connection, case, found), found.identity
    if outcome.kind == "PARKED" and case is not None:
        cases.record(connection, case["id"], ACTOR, Event(REFUSED, outcome.reason))
    connection.execute(
        """
        INSERT INTO inbound_mail (path, outcome, reason, case_id, case_message_id, identity)
        VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (path) DO NOTHING
        """,
        (notice.path, outcome.kind, outcome.reason, case and case["id"], outcome.message_id, identity),
    )
    return outcome


def _case(connection: Connection, notice: Notice) -> dict[str, Any] | None:
    """The case whose address the mail was sent to, locked; a token that no case has leads nowhere."""
    tokens = [token for one in notice.receipt.recipients if (token := token_of(one)) is not None]
    row = connection.execute(
        "SELECT id FROM support_case WHERE reply_token = ANY(%s) ORDER BY id LIMIT 1", (tokens,)
    ).fetchone()
    return None if row is None else cases.lock(connection, row["id"])


def _into(connection: Connection, case: dict[str, Any] | None, mail: Incoming) -> Outcome:
    if case is None:
        return Outcome("PARKED", "it is for no case that there is")
    author = _author(connection, case["customer_id"], mail.sender)
    if author is None:
        return Outcome("PARKED", "its sender is no active person of the case's customer")
    if _added(connection, case["id"], mail.identity):
        return Outcome("DROPPED", "it was delivered before")
    body = body_of(mail)
    if not body:
        return Outcome("PARKED", "it has no text of its own")
    try:
        message = append(connection, case, Author.CUSTOMER, author, actor=f"customer {author}", body=body)
    except NotPossible:
        _tell_once(connection, case["id"])
        return Outcome("PARKED", LATE)
    return Outcome("ADDED", message_id=message.id)


def _author(connection: Connection, customer_id: UUID, sender: str | None) -> UUID | None:
    """The person of that customer who has this address; nobody else may write to their cases."""
    row = connection.execute(
        """
        SELECT u.id FROM app_user u JOIN customer k ON k.id = u.customer_id
        WHERE u.customer_id = %s AND lower(u.email) = lower(%s) AND u.active AND k.active
        """,
        (customer_id, sender),
    ).fetchone()
    return None if row is None else row["id"]


def _added(connection: Connection, case_id: UUID, identity: str) -> bool:
    known = connection.execute(
        "SELECT FROM inbound_mail WHERE case_id = %s AND identity = %s AND outcome = 'ADDED'", (case_id, identity)
    )
    return known.rowcount == 1


def _tell_once(connection: Connection, case_id: UUID) -> None:
    """Tells the customer that their mail came too late, the first time: a machine that answers gets no second one."""
    told = connection.execute(
        "SELECT FROM inbound_mail WHERE case_id = %s AND outcome = 'PARKED' AND reason = %s LIMIT 1", (case_id, LATE)
    )
    if told.rowcount == 0:
        to = letters.addressee(connection, case_id)
        letters.send(connection, ACTOR, to, letters.came_late(to))

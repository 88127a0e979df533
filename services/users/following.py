"""The identity provider follows the rows: each person whose row says so is brought into step, and welcomed once.

A row is committed before the provider hears of it, so that a crash leaves work to do and never somebody who can sign in
and is nobody here. Each step may be repeated. `directory_due_at` is a lease: its time is put off when the work begins,
and only who finds it as they left it may say that the work is done. So a row that has changed meanwhile is followed
again, and the mail of an invitation is handed over once.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from services.common import passwords
from services.common.database import Connection, Database
from services.common.directory import Directory
from services.common.errors import EmailTaken, InvalidRequest, Unavailable
from services.common.mail import mailing
from services.users import welcome

PERIOD_SECONDS = 10.0
"""How long the work of another process that died may lie, beyond its lease."""
LEASE_SECONDS = 60
"""Longer than the provider takes for one person at its slowest; after a failure, the wait for the next try."""

_log = logging.getLogger(__name__)

_LEASE = """
    UPDATE app_user u SET directory_due_at = clock_timestamp() + make_interval(secs => %s)
    FROM customer c
    WHERE c.id = u.customer_id AND u.id = (
        SELECT id FROM app_user WHERE directory_due_at <= now()
        ORDER BY directory_due_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING u.id, u.customer_id, c.company_name, u.email, u.first_name, u.subject, u.invited_at,
        u.directory_due_at AS lease, u.active AND c.active AS active,
        u.state = 'INVITED' AND u.welcomed_at IS NULL AS to_welcome
"""
_DONE = """
    UPDATE app_user SET subject = coalesce(%(subject)s, subject), directory_due_at = NULL, directory_fault = %(fault)s,
        welcomed_at = CASE WHEN %(welcomed)s THEN now() ELSE welcomed_at END
    WHERE id = %(id)s AND directory_due_at = %(lease)s
"""


@dataclass(frozen=True)
class Due:
    """Somebody whom the identity provider has to be told of.

    Attributes:
        lease: until when nobody else does; it tells this work from any other on the row.
        active: whether they may sign in.
        to_welcome: the mail of their invitation is still to be handed over.
    """

    id: UUID
    customer_id: UUID
    company_name: str
    email: str
    first_name: str
    subject: UUID | None
    invited_at: datetime
    lease: datetime
    active: bool
    to_welcome: bool


class Follower:
    """Has the identity provider follow, as soon as it is woken and every now and then."""

    def __init__(self, database: Database, directory: Directory) -> None:
        self._database = database
        self._directory = directory
        self._woken = threading.Event()

    def start(self) -> threading.Thread:
        """Works beside the web server, in a daemon thread; several processes share the work by their leases."""
        thread = threading.Thread(target=self._run, name="follower", daemon=True)
        thread.start()
        return thread

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def follow(self) -> int:
        """Takes care of everybody who is due; how many.

        Raises:
            Unavailable: the database or the identity provider does not answer; what is left is due again later.
        """
        done = 0
        while (due := self._lease()) is not None:
            self._bring(due)
            done += 1
        return done

    def _lease(self) -> Due | None:
        with self._database.transaction() as connection, connection.cursor(row_factory=class_row(Due)) as cursor:
            return cursor.execute(_LEASE, (LEASE_SECONDS,)).fetchone()

    def _bring(self, due: Due) -> None:
        try:
            subject = self._tell(due)
        except (EmailTaken, InvalidRequest) as refusal:
            _log.warning("refused by the identity provider", extra={"reason": refusal.detail})
            with self._database.transaction() as connection:
                _done(connection, due, fault=refusal.detail)
            return
        with self._database.transaction() as connection:
            _done(connection, due, subject=subject)

    def _tell(self, due: Due) -> UUID | None:
        """Tells the provider how it is; the person's subject if they were invited by that."""
        if not due.active:
            self._directory.deactivate(due.email)
            return None
        if due.to_welcome:
            return self._invite(due)
        self._directory.reactivate(due.email)
        return None

    def _invite(self, due: Due) -> UUID:
        """The subject of the person, who gets a password that nobody knows."""
        try:
            return self._directory.invite(due.email, passwords.temporary())
        except EmailTaken:
            known = self._directory.find(due.email)
            # They may have chosen a password since the last invitation, or be invited by somebody at this moment.
            if known is None or not (known.invited or known.subject == due.subject):
                raise
            return known.subject

    def _run(self) -> None:
        while True:
            self._woken.wait(PERIOD_SECONDS)
            self._woken.clear()
            try:
                self.follow()
            except Unavailable as fault:
                _log.warning("%s", fault.detail)
            except Exception:  # noqa: BLE001 - logged whole; the thread must outlive any one person
                _log.exception("following failed and goes on")


def _done(connection: Connection, due: Due, *, subject: UUID | None = None, fault: str | None = None) -> None:
    """Records what came of it, unless the row has changed since it was leased."""
    welcomed = due.to_welcome and due.active and fault is None
    values = {"subject": subject, "fault": fault, "welcomed": welcomed, "id": due.id, "lease": due.lease}
    if connection.execute(_DONE, values).rowcount == 1 and welcomed:
        letter = welcome.letter(due.email, due.first_name, due.company_name)
        mailing.send(connection, due.customer_id, welcome.letter_id(due.id, due.invited_at), letter)

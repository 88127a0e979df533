"""The second half of a change: have the CCP make it, then record what came of it in one transaction.

Asking is safe to repeat because of how it is asked (see `asking`); recording is safe to repeat because a change leaves
RESERVED once: if the writer moves meanwhile, it is repeated there. No database connection is held while the CCP is
asked.
"""

import logging
from functools import partial
from uuid import UUID

import psycopg
from pydantic import ValidationError

from services.common.ccp import schedule
from services.common.ccp.client import PATIENCE, CcpNotCalled, CcpOutcomeUnknown, CcpRefused
from services.common.database import Connection, Database
from services.common.faults import crash_point
from services.licensing import changes
from services.licensing.asking import Done, NotAsAsked, obtain
from services.licensing.ccp import LicenceDesk
from services.licensing.changes import Change
from services.licensing.confirmation import confirm

_log = logging.getLogger(__name__)


class Settlement:
    """Settles changes that are reserved."""

    def __init__(self, database: Database, desk: LicenceDesk, pause_seconds: float = PATIENCE.pause) -> None:
        self._database = database
        self._desk = desk
        self._pause_seconds = pause_seconds

    def pursue(self, change_id: UUID) -> None:
        """Settles this change, unless somebody else is at work on it or it is settled."""
        with self._database.transaction() as connection:
            change = changes.lease(connection, change_id)
        if change is not None:
            self.settle(change)

    def reconcile(self, batch: int) -> int:
        """Settles overdue changes one after the other, for as long as the CCP may be called; how many it looked at."""
        for done in range(batch):
            if self._desk.wait() > 0.0:
                return done
            with self._database.transaction() as connection:
                change = changes.lease_overdue(connection)
            if change is None:
                return done
            crash_point("C29", change.id)
            self.settle(change)
        return batch

    def settle(self, change: Change) -> None:
        """Has the change made whose lease the caller holds, and records what came of it."""
        crash_point("C25", change.id)
        if change.attempt > schedule.MAX_ATTEMPTS:
            self._park(change, f"{change.attempt - 1} attempts ended in a fault of our own")
            return
        try:
            done = obtain(self._desk, change, self._pause_seconds)
        except CcpRefused as refusal:
            self._refuse(change, str(refusal))
        except NotAsAsked as fault:
            self._park(change, str(fault))
        except CcpNotCalled as closed:
            self._put_off(change, schedule.wait_uncalled_seconds(closed.retry_in), closed, attempted=False)
        except CcpOutcomeUnknown as unknown:
            self._unclear(change, unknown)
        else:
            self._record(change, done)

    def _unclear(self, change: Change, unknown: CcpOutcomeUnknown) -> None:
        wait = None if change.parked else schedule.wait_seconds(change.attempt, unknown.retry_in)
        if wait is None:
            self._park(change, f"the CCP's outcome is unclear: {unknown}")
        else:
            self._put_off(change, wait, unknown, attempted=True)

    def _record(self, change: Change, done: Done) -> None:
        crash_point("C26", change.id)
        try:
            self._database.record(partial(_confirmed, change, done))
        except psycopg.errors.UniqueViolation:
            self._park(change, "the CCP has given the transaction to another order before")
            return
        except (psycopg.DataError, ValidationError, LookupError) as fault:
            self._park(change, f"what the CCP has done cannot be recorded: {type(fault).__name__}")
            return
        crash_point("C28", change.id)
        _log.info("licences changed", extra={"change_id": change.id, "attempt": change.attempt})

    def _put_off(self, change: Change, seconds: float, reason: Exception, *, attempted: bool) -> None:
        extra = {"change_id": change.id, "attempt": change.attempt, "reason": reason}
        _log.warning("outcome unknown" if attempted else "not asked", extra=extra)
        self._database.record(lambda it: changes.put_off(it, change, seconds, attempted=attempted))

    def _refuse(self, change: Change, reason: str) -> None:
        _log.info("refused", extra={"change_id": change.id, "reason": reason})
        self._database.record(lambda it: changes.refuse(it, change, reason))

    def _park(self, change: Change, reason: str) -> None:
        _log.error("licence-change-parked", extra={"change_id": change.id, "reason": reason})
        self._database.record(lambda it: changes.park(it, change, reason))


def _confirmed(change: Change, done: Done, connection: Connection) -> None:
    confirm(connection, change, done)
    crash_point("C27", change.id)

"""Carries wished cancellations out: first it is known what the CCP has sold, then that is cancelled there, then here.

Every step can be repeated: a lease keeps others away for a while, the CCP cancels a sale once however often it is
asked, and the last step is taken under the order's lock by whoever finds the wish still open. A crash anywhere leaves
the wish, and the reconciler goes on with it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.common.ccp import schedule
from services.common.ccp.client import CcpNotCalled, CcpOutcomeUnknown, CcpRefused
from services.common.ccp.schedule import LEASE_SECONDS
from services.common.database import Connection, Database
from services.common.orders import State
from services.order import returning, undoing
from services.order.ccp import CcpClient

BATCH = 200
"""Cancellations in one turn."""

_DUE = """
    UPDATE sales_order SET cancel_due_at = now() + make_interval(secs => %(lease)s),
        cancel_attempts = cancel_attempts + 1
    WHERE id = (
        SELECT id FROM sales_order
        WHERE cancel_due_at <= now() AND (%(order)s::uuid IS NULL OR id = %(order)s)
            AND (ccp_transaction_id IS NOT NULL OR state <> 'PARKED')
            AND (state <> 'RESERVED' OR ccp_waiting OR leased_until < now())
        ORDER BY cancel_due_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING id, state, ccp_transaction_id, cancel_attempts
"""
"""An order that somebody is asking the CCP about waits for that, and a parked one without a sale for its person."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    """A cancellation that is the caller's to carry out.

    Attributes:
        transaction_id: the order's sale, if it has one.
        attempt: 1 for the first.
    """

    order_id: UUID
    state: State
    transaction_id: UUID | None
    attempt: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Due":
        """The cancellation in a row."""
        return cls(row["id"], State(row["state"]), row["ccp_transaction_id"], row["cancel_attempts"])


class Cancellations:
    """Finishes what was wished; several processes share the work by leases."""

    def __init__(self, database: Database, ccp: CcpClient) -> None:
        self._database = database
        self._ccp = ccp

    def pursue_all(self) -> int:
        """Tries what is due, one after the other, for as long as the CCP may be called; how many."""
        for done in range(BATCH):
            if self._ccp.wait() > 0.0 or not self.pursue():
                return done
        return BATCH

    def pursue(self, order_id: UUID | None = None) -> bool:
        """Tries the order's cancellation, or the one that has been due for longest; False if there is none to try."""
        with self._database.transaction() as connection:
            row = connection.execute(_DUE, {"lease": LEASE_SECONDS, "order": order_id}).fetchone()
        if row is None:
            return False
        due = Due.of(row)
        try:
            self._carry_out(due)
        except CcpRefused as refusal:
            self._refuse(due, f"the cloud provider does not cancel it: {refusal}")
        except CcpNotCalled as closed:
            self._put_off(due, schedule.wait_uncalled_seconds(closed.retry_in), attempted=False)
        except CcpOutcomeUnknown as unknown:
            self._try_again(due, unknown)
        return True

    def _carry_out(self, due: Due) -> None:
        if due.state is State.REJECTED:
            self._refuse(due, "the cloud provider has refused the order: there is nothing to cancel")
        elif due.transaction_id is None:
            self._cancel_unsold(due)
        else:
            self._cancel_sold(due, due.transaction_id)

    def _cancel_unsold(self, due: Due) -> None:
        """The CCP may have sold without our knowing; a sale that it shows only later is cancelled by the comparison."""
        deadline = self._ccp.deadline()
        for sale in self._ccp.sales_of(due.order_id, deadline):
            if sale.cancelled_at is None:
                self._ccp.cancel(sale.transaction_id, deadline)
        self._database.record(lambda it: undoing.cancel_unsold(it, due.order_id))

    def _cancel_sold(self, due: Due, transaction_id: UUID) -> None:
        with self._database.transaction() as connection:
            unchanged = returning.take_back(connection, due.order_id)
        if not unchanged:
            self._refuse(due, "its licences were changed meanwhile: return them instead")
            return
        self._ccp.cancel(transaction_id)
        self._database.record(lambda it: undoing.cancel_sold(it, due.order_id))
        _log.info("cancelled", extra={"order_id": due.order_id, "transaction_id": transaction_id})

    def _refuse(self, due: Due, reason: str) -> None:
        _log.info("not cancelled", extra={"order_id": due.order_id, "reason": reason})
        self._database.record(lambda it: undoing.refuse(it, due.order_id, reason))

    def _try_again(self, due: Due, unknown: CcpOutcomeUnknown) -> None:
        wait = schedule.wait_seconds(due.attempt, unknown.retry_in)
        if wait is not None:
            self._put_off(due, wait, attempted=True)
            return
        _log.error("cancellation-without-outcome", extra={"order_id": due.order_id, "reason": unknown})
        if due.transaction_id is None:
            reason = f"no outcome in {due.attempt} attempts to cancel it; at last, {unknown}"
            self._database.record(lambda it: undoing.park(it, due.order_id, reason))
        else:
            self._put_off(due, schedule.WAITS_SECONDS[-1], attempted=True)

    def _put_off(self, due: Due, seconds: float, *, attempted: bool) -> None:
        self._database.record(lambda it: _put_off(it, due, seconds, attempted=attempted))


def _put_off(connection: Connection, due: Due, seconds: float, *, attempted: bool) -> None:
    """Whoever was so slow that somebody else has the lease by now puts nothing off."""
    connection.execute(
        """
        UPDATE sales_order SET cancel_due_at = now() + make_interval(secs => %s), cancel_attempts = cancel_attempts - %s
        WHERE id = %s AND cancel_due_at IS NOT NULL AND cancel_attempts = %s
        """,
        (seconds, 0 if attempted else 1, due.order_id, due.attempt),
    )

"""The second half of an order: get its sale from the CCP, then record the outcome in one transaction.

Asking is safe to repeat because of how it is asked (see `asking`); recording is safe to repeat because an order leaves
RESERVED once.
"""

import logging

import psycopg
from pydantic import ValidationError

from services.common import orders
from services.common.database import Database
from services.common.faults import crash_point
from services.common.orders import State
from services.order import answers, discrepancies, leases, schedule
from services.order.answers import Answer
from services.order.asking import Obtained, SaleCancelled, obtain
from services.order.ccp import PATIENCE, CcpClient, CcpNotCalled, CcpOutcomeUnknown, CcpRefused, Purchase
from services.order.confirmation import confirm

_log = logging.getLogger(__name__)


class Settlement:
    """Settles reserved orders whose lease the caller holds."""

    def __init__(self, database: Database, ccp: CcpClient, pause_seconds: float = PATIENCE.pause) -> None:
        self._database = database
        self._ccp = ccp
        self._pause_seconds = pause_seconds

    def settle(self, purchase: Purchase) -> Answer:
        """Gets the sale and records what came of it; no database connection is held while the CCP is asked."""
        crash_point("C2", purchase.order_id)
        if purchase.attempt > schedule.MAX_ATTEMPTS:
            return self._park(purchase, f"{purchase.attempt - 1} attempts ended in a fault of our own")
        return self._ask(purchase)

    def _ask(self, purchase: Purchase) -> Answer:
        try:
            obtained = obtain(self._ccp, purchase, self._pause_seconds)
        except CcpRefused as refusal:
            _log.info("rejected", extra={"order_id": purchase.order_id, "reason": refusal})
            return self._stop(State.REJECTED, str(refusal), answers.rejected(purchase.order_id, str(refusal)))
        except SaleCancelled as cancelled:
            return self._park(purchase, str(cancelled), cancelled.count)
        except CcpNotCalled as closed:
            return self._put_off(purchase, schedule.wait_uncalled_seconds(closed.retry_in), closed, attempted=False)
        except CcpOutcomeUnknown as unknown:
            wait = schedule.wait_seconds(purchase.attempt, unknown.retry_in)
            if wait is None:
                return self._park(purchase, f"no outcome in {purchase.attempt} attempts; at last, {unknown}")
            return self._put_off(purchase, wait, unknown, attempted=True)
        return self._record(purchase, obtained)

    def _record(self, purchase: Purchase, obtained: Obtained) -> Answer:
        sale = obtained.sale
        if (fault := purchase.fault_of(sale)) is not None:
            return self._park(purchase, fault, obtained.count)
        try:
            with self._database.transaction() as connection:
                answer = confirm(connection, purchase, sale)
                doubtful = obtained.extras if answer else (sale.transaction_id, *obtained.extras)
                discrepancies.note(connection, [(extra, str(purchase.order_id)) for extra in doubtful])
                settled = answer or answers.given(connection, purchase.order_id)
        except psycopg.errors.UniqueViolation:
            reason = "the CCP issued a transaction or a licence key that was issued before"
            return self._park(purchase, reason, obtained.count)
        except (psycopg.DataError, ValidationError) as fault:
            reason = f"the CCP's answer cannot be recorded: {type(fault).__name__}"
            return self._park(purchase, reason, obtained.count)
        _log.info("confirmed", extra={"order_id": purchase.order_id, "attempt": purchase.attempt})
        return settled or answers.pending(purchase.order_id)

    def _put_off(self, purchase: Purchase, seconds: float, reason: Exception, *, attempted: bool) -> Answer:
        extra = {"order_id": purchase.order_id, "attempt": purchase.attempt, "reason": reason}
        _log.warning("outcome unknown" if attempted else "not asked", extra=extra)
        with self._database.transaction() as connection:
            if (given := answers.given(connection, purchase.order_id)) is not None:
                return given
            leases.put_off(connection, purchase, seconds, attempted=attempted)
        return answers.pending(purchase.order_id)

    def _park(self, purchase: Purchase, reason: str, sales: int | None = None) -> Answer:
        """Leaves the order to a person; `sales` is how many of the CCP's the reason speaks of, if it does."""
        _log.error("parked", extra={"order_id": purchase.order_id, "reason": reason})
        return self._stop(State.PARKED, reason, answers.accepted(purchase.order_id, State.PARKED, reason), sales)

    def _stop(self, state: State, reason: str, answer: Answer, sales: int | None = None) -> Answer:
        with self._database.transaction() as connection:
            if (given := answers.given(connection, answer.order_id)) is not None:
                return given
            orders.stop(connection, answer.order_id, state, reason)
            leases.start_anew(connection, answer.order_id, sales)
            answers.keep(connection, answer)
        return answer

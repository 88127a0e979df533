"""The second half of an order: get its sale from the CCP, then record the outcome in one transaction.

Asking is safe to repeat because of how it is asked (see `asking`); recording is safe to repeat because an order leaves
RESERVED once: if the writer moves meanwhile, it is repeated there. What seals the licence keys is had before the CCP is
asked: nothing is bought that could not be kept.
"""

import logging
from functools import partial

import psycopg
from pydantic import ValidationError

from services.common import orders
from services.common.ccp import schedule
from services.common.ccp.client import PATIENCE, CcpNotCalled, CcpOutcomeUnknown, CcpRefused
from services.common.database import Connection, Database
from services.common.errors import Unavailable
from services.common.faults import crash_point
from services.common.orders import State
from services.common.sealing.vault import Sealer, Vault
from services.order import answers, discrepancies, kept, leases, sealed_sale
from services.order.answers import Answer
from services.order.asking import Obtained, SaleCancelled, obtain
from services.order.ccp import CcpClient, Purchase
from services.order.confirmation import confirm
from services.order.kept import Kept, SealedAnswer
from services.order.sealed_sale import SealedSale

SEALING_WAIT_SECONDS = 30.0
"""How long an order waits whose licence keys cannot be sealed; the CCP is not asked for it meanwhile."""

_log = logging.getLogger(__name__)


class Settlement:
    """Settles reserved orders whose lease the caller holds."""

    def __init__(self, database: Database, ccp: CcpClient, vault: Vault, pause_seconds: float = PATIENCE.pause) -> None:
        self._database = database
        self._ccp = ccp
        self._vault = vault
        self._pause_seconds = pause_seconds

    def conclude(self, reserved: Purchase | Kept) -> Answer:
        """The answer to a request: of an order that it has the lease of, or the one that is kept.

        Raises:
            Unavailable: the answer is sealed, and cannot be opened now.
        """
        return self.settle(reserved) if isinstance(reserved, Purchase) else self._opened(reserved)

    def prepare(self) -> None:
        """Returns if licence keys could be sealed now.

        Raises:
            Unavailable: they could not, and no order is to be touched.
        """
        self._vault.sealer()

    def settle(self, purchase: Purchase) -> Answer:
        """Gets the sale and records what came of it; no database connection is held while the CCP is asked."""
        crash_point("C2", purchase.order_id)
        if purchase.attempt > schedule.MAX_ATTEMPTS:
            return self._park(purchase, f"{purchase.attempt - 1} attempts ended in a fault of our own")
        try:
            sealer = self._vault.sealer()
        except Unavailable as fault:
            return self._put_off(purchase, SEALING_WAIT_SECONDS, fault, attempted=False)
        return self._ask(purchase, sealer)

    def _ask(self, purchase: Purchase, sealer: Sealer) -> Answer:
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
        return self._record(purchase, obtained, sealer)

    def _record(self, purchase: Purchase, obtained: Obtained, sealer: Sealer) -> Answer:
        sale = obtained.sale
        if (fault := purchase.fault_of(sale)) is not None:
            return self._park(purchase, fault, obtained.count)
        try:
            sealed = sealed_sale.sealed(sealer, purchase, sale)
            settled = self._database.record(partial(_recorded, purchase, obtained, sealed))
        except psycopg.errors.ForeignKeyViolation:
            self._vault.forget()
            lost = Unavailable("a failover has lost the data key; the next attempt finds the sale and takes a new one")
            return self._put_off(purchase, SEALING_WAIT_SECONDS, lost, attempted=True)
        except psycopg.errors.UniqueViolation:
            reason = "the CCP issued a transaction or a licence key that was issued before"
            return self._park(purchase, reason, obtained.count)
        except (psycopg.DataError, ValidationError) as fault:
            reason = f"the CCP's answer cannot be recorded: {type(fault).__name__}"
            return self._park(purchase, reason, obtained.count)
        _log.info("confirmed", extra={"order_id": purchase.order_id, "attempt": purchase.attempt})
        return self._opened(settled or answers.pending(purchase.order_id))

    def _opened(self, answer: Kept) -> Answer:
        return answer.opened(self._vault) if isinstance(answer, SealedAnswer) else answer

    def _put_off(self, purchase: Purchase, seconds: float, reason: Exception, *, attempted: bool) -> Answer:
        extra = {"order_id": purchase.order_id, "attempt": purchase.attempt, "reason": reason}
        _log.warning("outcome unknown" if attempted else "not asked", extra=extra)

        def given_back(connection: Connection) -> Kept | None:
            given = kept.given(connection, purchase.order_id)
            if given is None:
                leases.put_off(connection, purchase, seconds, attempted=attempted)
            return given

        return self._opened(self._database.record(given_back) or answers.pending(purchase.order_id))

    def _park(self, purchase: Purchase, reason: str, sales: int | None = None) -> Answer:
        """Leaves the order to a person; `sales` is how many of the CCP's the reason speaks of, if it does."""
        _log.error("parked", extra={"order_id": purchase.order_id, "reason": reason})
        return self._stop(State.PARKED, reason, answers.accepted(purchase.order_id, State.PARKED, reason), sales)

    def _stop(self, state: State, reason: str, answer: Answer, sales: int | None = None) -> Answer:
        def stopped(connection: Connection) -> Kept | None:
            given = kept.given(connection, answer.order_id)
            if given is None:
                orders.stop(connection, answer.order_id, state, reason)
                leases.start_anew(connection, answer.order_id, sales)
                kept.keep(connection, answer)
            return given

        return self._opened(self._database.record(stopped) or answer)


def _recorded(purchase: Purchase, obtained: Obtained, sealed: SealedSale, connection: Connection) -> Kept | None:
    """The order's answer; None if another process has stopped it, and its request had no key."""
    answer = confirm(connection, purchase, sealed)
    doubtful = obtained.extras if answer else (obtained.sale.transaction_id, *obtained.extras)
    discrepancies.note(connection, [(extra, str(purchase.order_id)) for extra in doubtful])
    return answer or kept.given(connection, purchase.order_id)

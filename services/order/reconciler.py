"""Finishes what requests and earlier releases left open, beside the web server: orders without an outcome, wishes to
cancel, ledgers that differ, and licence keys in clear.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial

from services.common.database import Database
from services.common.errors import Unavailable
from services.common.sealing.vault import Vault
from services.order import clear_keys, comparison, discrepancies, restoring, verification
from services.order.cancellations import Cancellations
from services.order.ccp import CcpClient
from services.order.leases import lease_overdue
from services.order.settlement import Settlement

PERIOD_SECONDS = 5.0
BATCH = 200
"""Orders in one turn, so that a long backlog does not keep the comparison from its own."""

_log = logging.getLogger(__name__)


def start(
    database: Database, settlement: Settlement, ccp: CcpClient, vault: Vault, cancellations: Cancellations
) -> threading.Thread:
    """Runs the reconciler in a daemon thread; several processes share the work by leases."""
    work = (
        partial(reconcile, database, settlement, ccp),
        cancellations.pursue_all,
        partial(discrepancies.cancel_extras, database, ccp),
        partial(comparison.compare, database, ccp),
        partial(restoring.restore_lost, database, ccp),
        partial(verification.verify, database, ccp),
        partial(clear_keys.seal_left_over, database, vault),
    )
    thread = threading.Thread(target=_run, args=(work, ccp), name="reconciler", daemon=True)
    thread.start()
    return thread


def reconcile(database: Database, settlement: Settlement, ccp: CcpClient) -> int:
    """Settles overdue orders, one after the other, for as long as the CCP may be called; how many it looked at.

    One at a time is also what keeps a backlog from falling upon a CCP that has just come back.

    Raises:
        Unavailable: the database does not answer, or licence keys could not be sealed; then no order is touched.
    """
    for done in range(BATCH):
        if ccp.wait() > 0.0:
            return done
        settlement.prepare()
        with database.transaction() as connection:
            purchase = lease_overdue(connection)
        if purchase is None:
            return done
        answer = settlement.settle(purchase)
        _log.info("reconciled", extra={"order_id": purchase.order_id, "status": answer.status})
    return BATCH


def _run(work: tuple[Callable[[], object], ...], ccp: CcpClient) -> None:
    pause = threading.Event()
    while True:
        pause.wait(PERIOD_SECONDS)
        for step in work:
            if ccp.wait() == 0.0:
                _do(step)


def _do(step: Callable[[], object]) -> None:
    try:
        step()
    except Unavailable as fault:
        _log.warning("%s", fault.detail)
    except Exception:  # noqa: BLE001 - logged whole; the reconciler must outlive any one order
        _log.exception("the reconciler failed and goes on")

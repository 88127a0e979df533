"""Finishes orders whose request died or whose CCP call had no clear outcome: asks again, with the same key."""

import logging
import threading

from services.common.database import Connection, Database
from services.common.errors import Unavailable
from services.order.ccp import Purchase
from services.order.reservation import lease
from services.order.settlement import Settlement

PERIOD_SECONDS = 5.0

_log = logging.getLogger(__name__)


def start(database: Database, settlement: Settlement) -> threading.Thread:
    """Runs the reconciler beside the web server, in a daemon thread; several processes share the work by lease."""
    thread = threading.Thread(target=_run, args=(database, settlement), name="reconciler", daemon=True)
    thread.start()
    return thread


def reconcile(database: Database, settlement: Settlement) -> bool:
    """Settles the order that is overdue for longest; False if there is none."""
    with database.transaction() as connection:
        purchase = _lease_overdue(connection)
    if purchase is None:
        return False
    answer = settlement.settle(purchase)
    _log.info("reconciled", extra={"order_id": purchase.order_id, "status": answer.status})
    return True


def _run(database: Database, settlement: Settlement) -> None:
    pause = threading.Event()
    while True:
        pause.wait(PERIOD_SECONDS)
        try:
            while reconcile(database, settlement):
                pass
        except Unavailable as fault:
            _log.warning("%s", fault.detail)
        except Exception:  # noqa: BLE001 - logged whole; the reconciler must outlive any one order
            _log.exception("the reconciler failed and goes on")


def _lease_overdue(connection: Connection) -> Purchase | None:
    row = connection.execute(
        """
        SELECT o.id, p.ccp_product_id, o.amount, o.subscription_id, o.customer_id
        FROM sales_order o JOIN sales_product p ON p.id = o.sales_product_id
        WHERE o.state = 'RESERVED' AND o.leased_until < now()
        ORDER BY o.leased_until LIMIT 1 FOR UPDATE OF o SKIP LOCKED
        """
    ).fetchone()
    if row is None or not lease(connection, row["id"]):
        return None
    return Purchase(row["id"], row["ccp_product_id"], row["amount"], row["subscription_id"], row["customer_id"])

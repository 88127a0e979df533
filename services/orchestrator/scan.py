"""Finds orders that stand still although nothing of them is on its way, and sets them going again.

The relay hands over what nobody has consumed, and parks an order when its tries are used up; the order service asks the
CCP about reserved orders. What is left is an order whose payload counts as consumed, or was given up, while its state
has not moved: this scan makes that payload due again and leaves the counting of tries to the relay.
"""

import logging
import threading

from services.common import orders
from services.common.database import Database
from services.common.errors import Unavailable
from services.orchestrator import facts, plans
from services.orchestrator.facts import Leave
from services.orchestrator.plans import Effect

PERIOD_SECONDS = 15.0
STILL_SECONDS = 300
"""How long an order may stand still: longer than a message's visibility and a worker's lease."""
BATCH = 20

_STUCK = """
    SELECT o.id FROM sales_order o
    WHERE o.state IN ('CONFIRMED', 'INVOICED', 'DOCUMENTED') AND o.updated_at < now() - make_interval(secs => %s)
        AND NOT EXISTS (
            SELECT FROM outbox b WHERE b.order_id = o.id AND b.consumed_at IS NULL AND b.due_at < 'infinity'
        )
    ORDER BY o.updated_at LIMIT %s FOR UPDATE OF o SKIP LOCKED
"""

_log = logging.getLogger(__name__)


def start(database: Database) -> threading.Thread:
    """Runs the scan beside the web server, in a daemon thread; several processes share the work by row locks."""
    thread = threading.Thread(target=_run, args=(database,), name="scan", daemon=True)
    thread.start()
    return thread


def scan(database: Database) -> int:
    """Takes care of a few orders that stand still; how many."""
    with database.transaction() as connection:
        stuck = connection.execute(_STUCK, (STILL_SECONDS, BATCH)).fetchall()
        for row in stuck:
            plan = plans.rescue(facts.load(connection, row["id"]))
            if plan.effect is Effect.REFUSED:
                orders.stop(connection, row["id"], orders.State.PARKED, plan.why)
            else:
                facts.carry_out(connection, row["id"], plan, Leave(None, plan.why, fresh_tries=False))
                orders.note(connection, row["id"], "STOOD_STILL", plan.why)
            _log.warning("stood still", extra={"order_id": row["id"], "stage": plan.stage, "outcome": plan.effect})
    return len(stuck)


def _run(database: Database) -> None:
    pause = threading.Event()
    while True:
        pause.wait(PERIOD_SECONDS)
        try:
            scan(database)
        except Unavailable as fault:
            _log.warning("%s", fault.detail)
        except Exception:  # noqa: BLE001 - logged whole; the scan must outlive any one order
            _log.exception("the scan failed and goes on")

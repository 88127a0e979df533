"""Asks the CCP a few times in an order's life whether it still has the order's sale.

The comparison reads each part of the CCP's ledger once, when it is new. A sale that the CCP cancels or loses later
would go unnoticed, with its invoice sent and its licences dead. So every confirmed order is looked up at set ages: the
work is bounded by the orders made, and does not grow with those kept. What is found is flagged for a person. Nothing is
repaired here: whether the customer gets new licences or the money back is not for a program to say.
"""

import logging
from typing import Any

from services.common import orders
from services.common.ccp.client import CcpOutcomeUnknown
from services.common.database import Connection, Database
from services.order import discrepancies
from services.order.ccp import CcpClient
from services.order.judgement import loss_of
from services.order.model import RecordedSale

HOUR = 3600.0
DAY = 24 * HOUR
AGES_SECONDS = (HOUR, DAY, 7 * DAY, 35 * DAY)
"""How old an order is when it is looked up; the last time is after a month's invoice of the CCP can have come."""

BATCH = 20
"""Orders in one turn."""

AGAIN_SECONDS = 300.0
"""How long a look without an answer, or whose process died, waits for the next try."""

_log = logging.getLogger(__name__)


def verify(database: Database, ccp: CcpClient) -> int:
    """Looks up the orders that are due, for as long as the CCP answers; how many."""
    for done in range(BATCH):
        if ccp.wait() > 0.0:
            return done
        with database.transaction() as connection:
            due = _lease(connection)
        if due is None:
            return done
        try:
            sales = ccp.sales_of(due["id"], ccp.deadline())
        except CcpOutcomeUnknown as unknown:
            _log.warning("sale not verified", extra={"order_id": due["id"], "reason": unknown})
            return done
        with database.transaction() as connection:
            _record(connection, due, sales)
    return BATCH


def next_age(age: float) -> float | None:
    """At which age an order that has been looked up at this one is looked up next; None if never."""
    return next((planned for planned in AGES_SECONDS if planned > age), None)


def _lease(connection: Connection) -> dict[str, Any] | None:
    """The order that has been due for longest, for nobody else in the next `AGAIN_SECONDS`."""
    return connection.execute(
        """
        UPDATE sales_order SET ccp_check_at = now() + make_interval(secs => %s)
        WHERE id = (
            SELECT id FROM sales_order WHERE ccp_transaction_id IS NOT NULL AND ccp_check_at <= now()
                AND cancel_due_at IS NULL
            ORDER BY ccp_check_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
        )
        RETURNING id, ccp_transaction_id, extract(epoch FROM now() - created_at)::float8 AS age
        """,
        (AGAIN_SECONDS,),
    ).fetchone()


def _record(connection: Connection, due: dict[str, Any], sales: tuple[RecordedSale, ...]) -> None:
    ours = connection.execute(
        "SELECT FROM sales_order WHERE id = %s AND cancel_due_at IS NULL AND cancelled_at IS NULL FOR NO KEY UPDATE",
        (due["id"],),
    ).fetchone()
    if ours is None:  # we have cancelled it ourselves meanwhile
        return
    loss = loss_of(due["ccp_transaction_id"], sales)
    if loss is None:
        discrepancies.found_again(connection, due["ccp_transaction_id"])
    elif discrepancies.lost(connection, due["ccp_transaction_id"], due["id"]):
        orders.note(connection, due["id"], "SALE_LOST", loss)
    connection.execute(
        """
        UPDATE sales_order SET ccp_check_at = coalesce(created_at + make_interval(secs => %s), 'infinity') WHERE id = %s
        """,
        (next_age(due["age"]), due["id"]),
    )

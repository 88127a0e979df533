"""The money for returned licences: requests for credit notes, once the invoices that they correct are issued."""

import logging
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.common import orders
from services.common.database import Connection, Database
from services.common.faults import crash_point
from services.common.pipeline import outbox
from services.licensing.changes import ChangeKind
from services.licensing.credits import Credit, PaidLicence, credits_of
from services.licensing.terms import TERM_DAYS, Paid

AGAIN_SECONDS = 60.0
"""How long a change waits for an invoice that is not issued yet."""
BATCH = 200

_PAID = """
    SELECT l.id AS license_id, o.id AS order_id, o.charged_days, o.term_days,
        coalesce(o.period_to, (
            SELECT valid_to_date FROM license_valid_to_date h WHERE h.license_id = l.id ORDER BY created_at LIMIT 1
        )) AS ends_on
    FROM license l JOIN sales_order o ON o.id = l.order_id
    WHERE l.id = ANY(%(ids)s)
    UNION ALL
    SELECT c.license_ids[1], o.id, o.charged_days, o.term_days, o.period_to
    FROM licence_change c JOIN sales_order o ON o.id = c.id
    WHERE c.kind = 'EXTEND' AND c.license_ids && %(ids)s AND c.state = 'FINISHED'
"""
"""What each order has paid for of the licences: the one that brought them, and those that extended them."""

_INVOICED = """
    SELECT o.id, o.customer_id, o.state IN ('REJECTED', 'CANCELLED') AS void,
        (
            SELECT invoice_number FROM invoice i WHERE i.order_id = o.id AND i.kind = 'INVOICE'
            ORDER BY revision DESC LIMIT 1
        ) AS invoice_number,
        (SELECT coalesce(max(revision), 0) + 1 FROM invoice i WHERE i.order_id = o.id) AS revision
    FROM sales_order o WHERE o.id = ANY(%s)
"""

_log = logging.getLogger(__name__)


def finish(database: Database) -> int:
    """Finishes confirmed changes whose turn it is; how many it looked at."""
    for done in range(BATCH):
        with database.transaction() as connection:
            row = connection.execute(
                """
                SELECT id, kind, license_ids, effective_on FROM licence_change
                WHERE state = 'CONFIRMED' AND leased_until <= now()
                ORDER BY leased_until LIMIT 1 FOR UPDATE SKIP LOCKED
                """
            ).fetchone()
            if row is None:
                return done
            _finish(connection, row)
    return BATCH


def _finish(connection: Connection, change: dict[str, Any]) -> None:
    unused = credits_of(_paid(connection, change["license_ids"]), change["effective_on"])
    rows = connection.execute(_INVOICED, ([credit.order_id for credit in unused],)).fetchall()
    orders_of = {row["id"]: row for row in rows}
    owed = [credit for credit in unused if not orders_of[credit.order_id]["void"]]
    if any(orders_of[credit.order_id]["invoice_number"] is None for credit in owed):
        connection.execute(
            "UPDATE licence_change SET leased_until = now() + make_interval(secs => %s) WHERE id = %s",
            (AGAIN_SECONDS, change["id"]),
        )
        return
    for credit in owed:
        _hand_over(connection, change, credit, orders_of[credit.order_id])
    connection.execute(
        "UPDATE licence_change SET state = 'FINISHED', updated_at = now() WHERE id = %s", (change["id"],)
    )
    crash_point("C30", change["id"])
    _log.info("licences credited", extra={"change_id": change["id"]})


def _paid(connection: Connection, license_ids: Sequence[UUID]) -> list[PaidLicence]:
    rows = connection.execute(_PAID, {"ids": list(license_ids)}).fetchall()
    return [PaidLicence(row["license_id"], row["order_id"], _paid_by(row)) for row in rows]


def _paid_by(row: dict[str, Any]) -> Paid:
    """An order without a period of its own has paid for a full term."""
    ends_on: date = row["ends_on"]
    return Paid(ends_on, row["charged_days"] or TERM_DAYS, row["term_days"] or TERM_DAYS)


def _hand_over(connection: Connection, change: dict[str, Any], credit: Credit, order: dict[str, Any]) -> None:
    request = credit.request(change["id"], order["invoice_number"], _reason(change, credit))
    outbox.add(connection, outbox.payload("invoice", order["customer_id"], credit.order_id, order["revision"], request))
    orders.note(connection, credit.order_id, "CREDIT_ASKED", f"a credit note of {order['invoice_number']}")


def _reason(change: dict[str, Any], credit: Credit) -> str:
    """Printed on the credit note, so in words for the customer."""
    what = "Cancelled" if change["kind"] == ChangeKind.CANCEL else "Returned"
    pieces = "1 licence" if credit.pieces == 1 else f"{credit.pieces} licences"
    return f"{what} on {change['effective_on']}: {pieces}, {credit.days} unused days each"

"""The last step of a cancellation, in one transaction under the order's lock: done, refused, or left to a person.

Whoever comes late finds the wish closed and changes nothing.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.common import orders
from services.common.database import Connection
from services.common.orders import State
from services.common.pipeline import outbox
from services.manifests.credit_request import CreditRequestManifest
from services.order import answers, kept, returning


def cancel_unsold(connection: Connection, order_id: UUID) -> None:
    """The CCP has nothing for the order; if somebody has recorded a sale meanwhile, that is cancelled next."""
    order = _open(connection, order_id)
    if order is None:
        return
    if order["state"] != State.RESERVED:
        connection.execute("UPDATE sales_order SET cancel_due_at = now() WHERE id = %s", (order_id,))
        return
    _close(connection, order_id, void=True)
    kept.keep(connection, answers.accepted(order_id, State.CANCELLED, "it was cancelled before it was sold"))


def cancel_sold(connection: Connection, order_id: UUID) -> None:
    """The CCP has cancelled the sale: the licences are gone, and the invoice is credited if there is one.

    Without an invoice there will be none: the invoice service leaves a cancelled order alone.
    """
    order = _open(connection, order_id)
    if order is None:
        return
    returning.revoke(connection, order_id)
    invoice = connection.execute(
        """
        SELECT invoice_number, (SELECT max(revision) + 1 FROM invoice WHERE order_id = %(order)s) AS revision
        FROM invoice WHERE order_id = %(order)s AND kind = 'INVOICE' ORDER BY revision DESC LIMIT 1
        """,
        {"order": order_id},
    ).fetchone()
    _close(connection, order_id, void=invoice is None)
    if invoice is not None:
        _credit(connection, order, invoice)


def refuse(connection: Connection, order_id: UUID, reason: str) -> None:
    """The order is not cancelled, and goes on as if nobody had asked."""
    if _open(connection, order_id) is None:
        return
    returning.give_again(connection, order_id)
    connection.execute(
        "UPDATE sales_order SET cancel_due_at = NULL, cancel_refusal = %s, updated_at = now() WHERE id = %s",
        (reason, order_id),
    )
    orders.note(connection, order_id, "CANCEL_REFUSED", reason)


def park(connection: Connection, order_id: UUID, reason: str) -> None:
    """A person has to look; the wish stays, and after a restart it is tried anew before anything is bought."""
    if _open(connection, order_id) is None:
        return
    orders.stop(connection, order_id, State.PARKED, reason)
    connection.execute("UPDATE sales_order SET cancel_due_at = now(), cancel_attempts = 0 WHERE id = %s", (order_id,))


def _open(connection: Connection, order_id: UUID) -> dict[str, Any] | None:
    return connection.execute(
        """
        SELECT id, customer_id, state FROM sales_order WHERE id = %s AND cancel_due_at IS NOT NULL FOR NO KEY UPDATE
        """,
        (order_id,),
    ).fetchone()


def _close(connection: Connection, order_id: UUID, *, void: bool) -> None:
    """`void`: no invoice has been or will be issued, so the order ends here."""
    connection.execute(
        """
        UPDATE sales_order SET cancelled_at = now(), cancel_due_at = NULL, ccp_check_at = 'infinity',
            state = CASE WHEN %(void)s THEN 'CANCELLED' ELSE state END,
            reason = CASE WHEN %(void)s THEN NULL ELSE reason END, updated_at = now()
        WHERE id = %(order)s
        """,
        {"order": order_id, "void": void},
    )
    orders.record(connection, order_id, State.CANCELLED)


def _credit(connection: Connection, order: dict[str, Any], invoice: dict[str, Any]) -> None:
    request = CreditRequestManifest(
        request_id=uuid4(),
        invoice_number=invoice["invoice_number"],
        reason=f"Order cancelled on {datetime.now(UTC).date()}",
    )
    payload = outbox.payload("invoice", order["customer_id"], order["id"], invoice["revision"], request)
    outbox.add(connection, payload)
    orders.note(connection, order["id"], "CREDIT_ASKED", f"a credit note of {invoice['invoice_number']}")

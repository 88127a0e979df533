"""The licences of an order that is being cancelled: taken back before the CCP is asked, so that nobody changes them
meanwhile, and given again if the CCP does not cancel.

Locked as everybody locks them: the order, its item, its licences.
"""

from typing import Any
from uuid import UUID

from services.common.database import Connection

_ITS = "l.subscription_item_id = o.subscription_item_id AND l.order_id = o.id"
CHANGED = f"""
    (
        o.amount <> (SELECT count(*) FROM license l WHERE {_ITS} AND l.returned_at IS NULL)
        OR EXISTS (
            SELECT FROM licence_change c
            WHERE c.state <> 'REFUSED' AND c.license_ids && ARRAY(SELECT l.id FROM license l WHERE {_ITS})
        )
    )
"""  # noqa: S608 - a constant
"""Whether licences of the order `o` are not as they were sold: some were returned or extended, or are about to be."""


def take_back(connection: Connection, order_id: UUID) -> bool:
    """Whether the order's licences are taken back, now or by an earlier try.

    False if they were changed meanwhile, or if nobody wants the order cancelled any more.
    """
    order = _locked(connection, order_id)
    if order["cancel_due_at"] is None:
        return False
    if order["cancel_taken_at"] is not None:
        return True
    if _changed(connection, order_id):
        return False
    _change_quantity(connection, order, -order["amount"])
    named = {"item": order["subscription_item_id"], "order": order_id}
    connection.execute(
        """
        UPDATE license SET returned_at = now()
        WHERE subscription_item_id = %(item)s AND order_id = %(order)s AND returned_at IS NULL
        """,
        named,
    )
    connection.execute("UPDATE sales_order SET cancel_taken_at = now() WHERE id = %(order)s", named)
    return True


def give_again(connection: Connection, order_id: UUID) -> None:
    """Undoes `take_back`, if that was done."""
    order = _locked(connection, order_id)
    if order["cancel_taken_at"] is None:
        return
    _change_quantity(connection, order, order["amount"])
    connection.execute(
        """
        UPDATE license SET returned_at = NULL
        WHERE subscription_item_id = %(item)s AND order_id = %(order)s AND returned_at = %(taken)s
        """,
        {"item": order["subscription_item_id"], "order": order_id, "taken": order["cancel_taken_at"]},
    )
    connection.execute("UPDATE sales_order SET cancel_taken_at = NULL WHERE id = %s", (order_id,))


def revoke(connection: Connection, order_id: UUID) -> None:
    """Ends whom the licences belonged to, once it is sure that they do not come again."""
    connection.execute(
        f"""
        INSERT INTO license_account (license_id, account_id, created_at)
        SELECT l.id, NULL, clock_timestamp() FROM sales_order o JOIN license l ON {_ITS}
        WHERE o.id = %s AND l.account_id IS NOT NULL
        """.encode(),  # noqa: S608 - a constant; every value is bound
        (order_id,),
    )


def _locked(connection: Connection, order_id: UUID) -> dict[str, Any]:
    row = connection.execute(
        """
        SELECT amount, subscription_item_id, cancel_due_at, cancel_taken_at
        FROM sales_order WHERE id = %s FOR NO KEY UPDATE
        """,
        (order_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no order {order_id}")
    # Whoever changes licences has the item first.
    connection.execute("SELECT FROM subscription_item WHERE id = %s FOR NO KEY UPDATE", (row["subscription_item_id"],))
    return row


def _changed(connection: Connection, order_id: UUID) -> bool:
    row = connection.execute(
        f"SELECT {CHANGED} AS changed FROM sales_order o WHERE o.id = %s".encode(),  # noqa: S608 - a constant
        (order_id,),
    ).fetchone()
    return row is None or bool(row["changed"])


def _change_quantity(connection: Connection, order: dict[str, Any], by: int) -> None:
    connection.execute(
        "UPDATE subscription_item SET quantity = quantity + %s WHERE id = %s", (by, order["subscription_item_id"])
    )

"""`GET /orders/{id}`: an order and the stages it has passed."""

from uuid import UUID

from services.common.database import Connection
from services.common.errors import NotFound
from services.common.money import Money

INTERNAL = ["STOOD_STILL", "SALE_LOST", "CREDIT_ASKED", "CREDIT_REFUSED"]
"""What is between us, the CCP and our operators; the customer hears of it when something comes of it."""


def order_of(connection: Connection, customer: UUID, order_id: UUID) -> dict[str, object]:
    """The order as its customer sees it; what an operator wrote of it stays between operators.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    order = connection.execute(
        """
        SELECT o.id, o.state, o.reason, o.amount, o.product_name, o.subscription_id, o.ccp_transaction_id, o.created_at,
            p.ccp_product_id, i.invoice_number, i.amount AS total, i.currency
        FROM sales_order o
        JOIN sales_product p ON p.id = o.sales_product_id
        LEFT JOIN invoice i ON i.order_id = o.id AND i.kind = 'INVOICE'
        WHERE o.id = %s AND o.customer_id = %s
        ORDER BY i.revision DESC LIMIT 1
        """,
        (order_id, customer),
    ).fetchone()
    if order is None:
        raise NotFound("you have no order with this id")
    stages = connection.execute(
        """
        SELECT stage, at, CASE WHEN actor LIKE 'operator %%' THEN NULL ELSE detail END AS detail
        FROM order_event WHERE order_id = %s AND stage <> ALL (%s) ORDER BY at
        """,
        (order_id, INTERNAL),
    ).fetchall()
    return {
        "id": str(order["id"]),
        "state": order["state"],
        "reason": order["reason"],
        "ccpServiceItemId": str(order["ccp_product_id"]),
        "productName": order["product_name"],
        "amount": order["amount"],
        "subscriptionId": str(order["subscription_id"]),
        "transactionId": str(order["ccp_transaction_id"]) if order["ccp_transaction_id"] else None,
        "invoiceNumber": order["invoice_number"],
        "invoiceTotal": f"{Money(order['total'], order['currency']).amount:f}" if order["currency"] else None,
        "currency": order["currency"],
        "createdAt": order["created_at"].isoformat(),
        "stages": [
            {"stage": stage["stage"], "at": stage["at"].isoformat(), "detail": stage["detail"]} for stage in stages
        ],
    }

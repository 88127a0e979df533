"""`GET /orders/{id}`: an order and the stages it has passed."""

from uuid import UUID

from services.common.api import Call, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.order import shown
from services.order.api_models import OrderAnswer, StageAnswer

INTERNAL = ["STOOD_STILL", "SALE_LOST", "CREDIT_ASKED", "CREDIT_REFUSED", "FOUND"]
"""What is between us, the CCP and our operators; the customer hears of it when something comes of it."""


def get_order(call: Call) -> Reply:
    """The order."""
    with call.transaction() as connection:
        return Reply.of(order_of(connection, call.id))


def order_of(connection: Connection, order_id: UUID) -> OrderAnswer:
    """The order as its customer sees it; what an operator wrote of it stays between operators.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = found(connection.execute(f"{shown.ORDER} AND o.id = %s".encode(), (order_id,)).fetchone(), "order")
    stages = connection.execute(
        """
        SELECT stage, at, CASE WHEN actor LIKE 'operator %%' THEN NULL ELSE detail END AS detail
        FROM order_event WHERE order_id = %s AND stage <> ALL (%s) ORDER BY at
        """,
        (order_id, INTERNAL),
    ).fetchall()
    return OrderAnswer(
        **shown.facts(row),
        cancellation=shown.cancellation(row),
        stages=tuple(StageAnswer(**stage) for stage in stages),
    )

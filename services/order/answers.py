"""What `POST /create-order` answers, kept with the idempotency key so that a repetition gets the same bytes."""

import json
from dataclasses import dataclass
from uuid import UUID

from services.common.database import Connection
from services.common.errors import CcpRejected
from services.common.orders import State
from services.order.model import CcpSale, answer_of


@dataclass(frozen=True)
class Answer:
    """Status and body; the order's own address goes into the `Location` header."""

    order_id: UUID
    status: int
    body: str

    @property
    def media_type(self) -> str:
        """Problem documents have their own media type."""
        return "application/problem+json" if self.status >= 400 else "application/json"


def sold(order_id: UUID, sale: CcpSale) -> Answer:
    """201: the CCP has sold; its answer in our names."""
    return Answer(order_id, 201, json.dumps(answer_of(sale)))


def rejected(order_id: UUID, reason: str) -> Answer:
    """422: the CCP has refused."""
    problem = CcpRejected(reason, orderId=str(order_id))
    return Answer(order_id, problem.status, json.dumps(problem.document("/create-order")))


def accepted(order_id: UUID, state: str, detail: str) -> Answer:
    """202: the order is kept, its outcome shows under its address."""
    body = {"orderId": str(order_id), "state": state, "detail": detail, "status": f"/orders/{order_id}"}
    return Answer(order_id, 202, json.dumps(body))


def pending(order_id: UUID) -> Answer:
    """202: reserved, and the CCP's outcome is not known; the same bytes until it is."""
    detail = "the cloud provider has not answered yet; we keep asking, and the order goes on by itself"
    return accepted(order_id, State.RESERVED, detail)


def keep(connection: Connection, answer: Answer) -> None:
    """Stores the answer for every repetition of the request; only the answer that the order is pending is replaced."""
    connection.execute(
        """
        UPDATE idempotency_key SET status = %s, body = %s, updated_at = now()
        WHERE order_id = %s AND (status IS NULL OR status = 202)
        """,
        (answer.status, answer.body, answer.order_id),
    )


def given(connection: Connection, order_id: UUID) -> Answer | None:
    """The answer of whoever has settled the order already, or None while it is reserved; locks the order."""
    row = connection.execute(
        """
        SELECT o.state, i.status, i.body FROM sales_order o LEFT JOIN idempotency_key i ON i.order_id = o.id
        WHERE o.id = %s FOR UPDATE OF o
        """,
        (order_id,),
    ).fetchone()
    if row is None or row["state"] == State.RESERVED:
        return None
    if row["status"] is not None:
        return Answer(order_id, row["status"], row["body"])
    return accepted(order_id, row["state"], "another process has settled the order")

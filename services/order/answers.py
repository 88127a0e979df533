"""What `POST /create-order` answers."""

import json
from dataclasses import dataclass, field
from uuid import UUID

from services.common.errors import CcpRejected
from services.common.orders import State
from services.order.model import CcpSale, answer_of


@dataclass(frozen=True)
class Answer:
    """Status and body; the order's own address goes into the `Location` header."""

    order_id: UUID
    status: int
    body: str = field(repr=False)

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

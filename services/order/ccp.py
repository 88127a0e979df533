"""The CCP's REST API as the order service uses it: each method is one call, and says what can be known after it."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.order.gate import Gate, GateClosed
from services.order.model import CcpSale, LedgerPage, RecordedSale, RecordedSales
from services.order.transport import Deadline, NoAnswer, Patience, Reply, Transport

PATIENCE = Patience()
BUDGET_SECONDS = PATIENCE.budget
"""The longest that one order may keep a request waiting for the CCP."""

PAGE = 20
"""Sales asked for at a time."""

BUSY = frozenset({401, 403, 407, 409, 425})
"""Refusals of the call, not of the order: our sign-in is refused, or another call with the same key is under way."""

Answer = TypeVar("Answer", bound=BaseModel)


class CcpRefused(Exception):
    """The CCP has refused for good; the message is its reason."""


class CcpOutcomeUnknown(Exception):
    """It is not known whether the CCP has sold anything; `retry_in` is how many seconds it asked to be left alone."""

    def __init__(self, reason: str, retry_in: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_in = retry_in


class CcpNotCalled(CcpOutcomeUnknown):
    """The CCP was not called, so this attempt has changed nothing."""


@dataclass(frozen=True)
class Purchase:
    """What is bought; `order_id` is the idempotency key and the client reference at the CCP.

    Attributes:
        order_id: the order.
        service_id: the CCP's product.
        amount: items.
        subscription_id: whose they become.
        customer_id: who buys.
        price: what one item costs us, as it was when the order was reserved.
        attempt: 1 in the request that made the order; from 2 on, the CCP may have sold already.
    """

    order_id: UUID
    service_id: UUID
    amount: int
    subscription_id: UUID
    customer_id: UUID
    price: Decimal
    attempt: int = 1


class CcpClient:
    """Calls the CCP; safe to share between threads, and one per process, since it remembers how the CCP does."""

    def __init__(self, url: str, patience: Patience = PATIENCE, gate: Gate | None = None) -> None:
        self._transport = Transport(url, patience, gate or Gate())
        self._patience = patience

    def wait(self) -> float:
        """Seconds until the CCP may be called; 0 if it may be now."""
        return self._transport.gate.wait()

    def deadline(self) -> Deadline:
        """The end of everything that one order may ask, from now on."""
        return Deadline(self._patience.budget)

    def buy(self, purchase: Purchase, deadline: Deadline) -> CcpSale:
        """The sale, made now or by an earlier call with the same order id.

        Raises:
            CcpRefused: a 4xx that no repetition can change.
            CcpNotCalled: the CCP is not called for now.
            CcpOutcomeUnknown: no usable answer.
        """
        order = {
            "serviceId": str(purchase.service_id),
            "amount": purchase.amount,
            "subscriptionId": str(purchase.subscription_id),
            "customerId": str(purchase.customer_id),
        }
        name = str(purchase.order_id)
        headers = {"Idempotency-Key": name, "Client-Reference": name}
        return _read(CcpSale, self._call("POST", "/create-order", deadline, order, headers))

    def sales_of(self, order_id: UUID, deadline: Deadline) -> tuple[RecordedSale, ...]:
        """Every sale that the CCP has under the order's reference, cancelled ones too, the oldest first.

        Raises:
            CcpNotCalled: the CCP is not called for now.
            CcpOutcomeUnknown: no usable answer.
        """
        try:
            reply = self._call("GET", f"/sales?reference={order_id}&limit={PAGE}", deadline)
        except CcpRefused as refusal:
            raise CcpOutcomeUnknown(f"the CCP does not tell its sales: {refusal}") from refusal
        return _read(RecordedSales, reply).sales

    def sales_after(self, cursor: int) -> LedgerPage:
        """The next sales in the CCP's ledger.

        Raises:
            CcpRefused: the CCP does not know the cursor.
            CcpOutcomeUnknown: no usable answer, or no call for now.
        """
        return _read(LedgerPage, self._call("GET", f"/sales?cursor={cursor}&limit={PAGE}", self.deadline()))

    def cancel(self, transaction_id: UUID) -> None:
        """Cancels a sale; cancelling twice is cancelling once.

        Raises:
            CcpRefused: the CCP does not cancel it.
            CcpOutcomeUnknown: no usable answer, or no call for now: repeat it later.
        """
        self._call("POST", f"/sales/{transaction_id}/cancel", self.deadline())

    def _call(
        self,
        method: str,
        path: str,
        deadline: Deadline,
        body: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        try:
            reply = self._transport.call(method, path, deadline, json=body, headers=headers)
        except GateClosed as closed:
            raise CcpNotCalled(str(closed), closed.seconds) from None
        except NoAnswer as fault:
            raise CcpOutcomeUnknown(str(fault), fault.seconds) from fault
        if reply.status in (200, 201):
            return reply
        if 400 <= reply.status < 500 and reply.status not in BUSY:
            raise CcpRefused(_reason(reply))
        raise CcpOutcomeUnknown(f"the CCP answered {reply.status}")


def _read(model: type[Answer], reply: Reply) -> Answer:
    try:
        return model.model_validate_json(reply.body)
    except ValidationError as fault:
        raise CcpOutcomeUnknown(f"the CCP's answer cannot be read: {fault.error_count()} faults") from None


def _reason(reply: Reply) -> str:
    try:
        document = json.loads(reply.body)
    except ValueError:
        document = None
    detail = document.get("detail") if isinstance(document, dict) else None
    return detail if isinstance(detail, str) and len(detail) <= 500 else f"the CCP answered {reply.status}"

"""The CCP's REST API as the order service uses it: each method is one call, and says what can be known after it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.common import strict_json
from services.common.errors import MalformedBody
from services.order.gate import Gate, GateClosed
from services.order.model import CcpSale, LedgerPage, RecordedSale, RecordedSales, fault_of
from services.order.pauses import Pauses
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
        prices: what one item may cost us: as it was when the order was reserved, or as the catalogue has it now.
        currency: of the prices.
        attempt: 1 in the request that made the order; from 2 on, the CCP may have sold already.
        void: how many of the CCP's sales a person knew of who has restarted the order: they may be cancelled.
    """

    order_id: UUID
    service_id: UUID
    amount: int
    subscription_id: UUID
    customer_id: UUID
    prices: tuple[Decimal, ...]
    currency: str
    attempt: int = 1
    void: int = 0

    def fault_of(self, sale: CcpSale) -> str | None:
        """Why the sale is not this purchase, or None if it is."""
        return fault_of(sale, self.service_id, self.amount, self.prices, self.currency)


class CcpClient:
    """Calls the CCP; safe to share between threads, and one per process, since it remembers how the CCP does.

    `pauses` tells the other processes when the CCP wants to be left alone, and is told by them.
    """

    def __init__(
        self, url: str, patience: Patience = PATIENCE, gate: Gate | None = None, pauses: Pauses | None = None
    ) -> None:
        self._transport = Transport(url, patience, gate or Gate())
        self._patience = patience
        self._pauses = pauses

    def wait(self) -> float:
        """Seconds until the CCP may be called; 0 if it may be now."""
        return self._transport.gate.wait()

    def deadline(self) -> Deadline:
        """The end of everything that one order may ask, from now on."""
        return Deadline(self._patience.budget)

    def buy(self, purchase: Purchase, deadline: Deadline, renewal: int = 0) -> CcpSale:
        """The sale, made now or by an earlier call with the same order id.

        Args:
            purchase: what is bought.
            deadline: until when.
            renewal: how many sales of the order the CCP has cancelled. It would answer the key that those were made
                under with one of them, so each cancellation leads to the next key.

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
        if renewal:
            headers["Idempotency-Key"] = f"{name}/{renewal}"
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
        sales = _read(RecordedSales, reply).sales
        if any(sale.reference != str(order_id) for sale in sales):
            raise CcpOutcomeUnknown("the CCP lists sales under another reference than the one asked for")
        return sales

    def sales_after(self, cursor: int) -> LedgerPage:
        """The next sales in the CCP's ledger.

        Raises:
            CcpRefused: the CCP does not know the cursor, or names one that leads nowhere.
            CcpOutcomeUnknown: no usable answer, or no call for now.
        """
        page = _read(LedgerPage, self._call("GET", f"/sales?cursor={cursor}&limit={PAGE}", self.deadline()))
        if page.next is not None and page.next <= cursor:
            raise CcpRefused(f"the CCP names {page.next} as what follows {cursor}")
        return page

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
        if self._pauses is not None and (seconds := self._pauses.left()) > 0:
            self._transport.gate.failed(seconds)
        try:
            reply = self._transport.call(method, path, deadline, json=body, headers=headers)
        except GateClosed as closed:
            raise CcpNotCalled(str(closed), closed.seconds) from None
        except NoAnswer as fault:
            if self._pauses is not None and fault.seconds > 0:
                self._pauses.ask(fault.seconds)
            raise CcpOutcomeUnknown(str(fault), fault.seconds) from fault
        if reply.status in (200, 201):
            return reply
        if 400 <= reply.status < 500 and reply.status not in BUSY:
            raise CcpRefused(_reason(reply))
        raise CcpOutcomeUnknown(f"the CCP answered {reply.status}")


def _read(model: type[Answer], reply: Reply) -> Answer:
    try:
        return model.model_validate(strict_json.loads(reply.body, fraction=Decimal))
    except ValidationError as fault:
        raise CcpOutcomeUnknown(f"the CCP's answer cannot be read: {fault.error_count()} faults") from None
    except (MalformedBody, ArithmeticError) as fault:
        raise CcpOutcomeUnknown(f"the CCP's answer cannot be read: {fault}") from None


def _reason(reply: Reply) -> str:
    try:
        document = strict_json.loads(reply.body)
    except MalformedBody:
        document = None
    detail = document.get("detail") if isinstance(document, dict) else None
    told = " ".join(detail.split()) if isinstance(detail, str) else ""
    return told if 0 < len(told) <= 500 and told.isprintable() else f"the CCP answered {reply.status}"

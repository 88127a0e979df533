"""The CCP's REST API as the order service uses it: each method is one call, and says what can be known after it."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.common.ccp.client import CcpApi, CcpOutcomeUnknown, CcpRefused, read
from services.common.ccp.transport import Deadline
from services.order.model import CcpSale, LedgerPage, RecordedSale, RecordedSales, fault_of

PAGE = 20
"""Sales asked for at a time."""


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


class CcpClient(CcpApi):
    """Buys, finds and cancels sales."""

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
        return read(CcpSale, self.call("POST", "/create-order", deadline, order, headers))

    def sales_of(self, order_id: UUID, deadline: Deadline) -> tuple[RecordedSale, ...]:
        """Every sale that the CCP has under the order's reference, cancelled ones too, the oldest first.

        Raises:
            CcpNotCalled: the CCP is not called for now.
            CcpOutcomeUnknown: no usable answer.
        """
        try:
            reply = self.call("GET", f"/sales?reference={order_id}&limit={PAGE}", deadline)
        except CcpRefused as refusal:
            raise CcpOutcomeUnknown(f"the CCP does not tell its sales: {refusal}") from refusal
        sales = read(RecordedSales, reply).sales
        if any(sale.reference != str(order_id) for sale in sales):
            raise CcpOutcomeUnknown("the CCP lists sales under another reference than the one asked for")
        return sales

    def sales_after(self, cursor: int) -> LedgerPage:
        """The next sales in the CCP's ledger.

        Raises:
            CcpRefused: the CCP does not know the cursor, or names one that leads nowhere.
            CcpOutcomeUnknown: no usable answer, or no call for now.
        """
        page = read(LedgerPage, self.call("GET", f"/sales?cursor={cursor}&limit={PAGE}", self.deadline()))
        if page.next is not None and page.next <= cursor:
            raise CcpRefused(f"the CCP names {page.next} as what follows {cursor}")
        return page

    def cancel(self, transaction_id: UUID, deadline: Deadline | None = None) -> None:
        """Cancels a sale; cancelling twice is cancelling once.

        Args:
            transaction_id: the sale.
            deadline: until when; a time of its own unless it is given.

        Raises:
            CcpRefused: the CCP does not cancel it.
            CcpOutcomeUnknown: no usable answer, or no call for now: repeat it later.
        """
        self.call("POST", f"/sales/{transaction_id}/cancel", deadline or self.deadline())

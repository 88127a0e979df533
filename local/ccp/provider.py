"""Selling: the one place where an order becomes a sale."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from local.ccp.answer import answer, timestamp
from local.ccp.catalogue import Catalogue
from local.ccp.errors import NotFoundError, UnknownServiceError
from local.ccp.faults import Plan, filled
from local.ccp.keys import Keys
from local.ccp.ledger import Ledger, Sale
from local.ccp.orders import Claim, Order

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sold:
    """The outcome of an order; `replayed` when an earlier call had made the sale."""

    sale: Sale
    replayed: bool


class Provider:
    """Sells the products of a catalogue and keeps the ledger of it."""

    def __init__(self, catalogue: Catalogue, ledger: Ledger) -> None:
        self.catalogue = catalogue
        self.ledger = ledger
        self._keys = Keys()

    def sell(self, order: Order, claim: Claim, plan: Plan) -> Sold:
        """Makes the sale, or finds the one that was made under the same idempotency key.

        Raises:
            UnknownServiceError: the catalogue has no such service.
            KeyReusedError: the key came before with another order.
            KeyInFlightError: another call holds the key.
        """
        sale, replayed = self._keys.once(
            claim, plan, order.canonical, self.ledger.first_with_key, lambda: self._sell(order, claim, plan)
        )
        return Sold(sale, replayed)

    def sale(self, transaction_id: str) -> Sale:
        """The sale of that transaction.

        Raises:
            NotFoundError: there is none.
        """
        found = self.ledger.find(transaction_id)
        if found is None:
            raise NotFoundError(f"there is no sale with the transaction {transaction_id}")
        return found

    def cancel(self, transaction_id: str) -> Sale:
        """Cancels a sale for good, so that nothing is charged for it; doing it again changes nothing.

        Its idempotency key keeps its answer: a repeated order does not come to life again.

        Raises:
            NotFoundError: there is no such sale.
        """
        self.ledger.cancel(transaction_id, timestamp(datetime.now(UTC)))
        log.info("cancelled transaction %s", transaction_id)
        return self.sale(transaction_id)

    def _sell(self, order: Order, claim: Claim, plan: Plan) -> Sale:
        product = self.catalogue.get(order.service_id)
        if product is None:
            raise UnknownServiceError(
                f"the catalogue has no service {order.service_id}; GET /services lists what it has"
            )
        transaction_id = uuid4()
        amount = filled(order.amount, plan.fill)
        sale = Sale(
            transaction_id=str(transaction_id),
            idempotency_key=claim.key,
            reference=claim.reference,
            customer_id=str(order.customer_id),
            request=order.canonical,
            answer=answer(transaction_id, product, amount, datetime.now(UTC)),
        )
        self.ledger.record(sale)
        log.info("sold %d of %d, service %s, transaction %s", amount, order.amount, product.id, transaction_id)
        return sale

"""The first transaction of an order: who orders what, at which price, under which idempotency key.

It commits before the CCP is called, so that no crash can leave a sale at the CCP that we know nothing of.
"""

import logging
from typing import Any
from uuid import UUID, uuid4

from services.common import idempotency, orders
from services.common.currencies import UnknownCurrencyError
from services.common.database import Connection
from services.common.errors import Forbidden, NotFound
from services.common.faults import crash_point
from services.common.idempotency import Claim, Key, Known
from services.common.money import Money, MoneyError
from services.common.tokens import Principal
from services.order import answers
from services.order.answers import Answer
from services.order.ccp import Purchase
from services.order.leases import LEASE_SECONDS, is_waiting, lease
from services.order.model import CreateOrder

ROUTE = "POST /create-order"

_log = logging.getLogger(__name__)


def customer_of(connection: Connection, principal: Principal) -> UUID:
    """The customer that the caller belongs to.

    Raises:
        Forbidden: the caller is no active user of an active customer.
    """
    row = connection.execute(
        """
        SELECT customer.id FROM app_user JOIN customer ON customer.id = app_user.customer_id
        WHERE app_user.subject = %s AND app_user.active AND customer.active
        """,
        (principal.subject,),
    ).fetchone()
    if row is None:
        raise Forbidden("the signed-in user belongs to no active customer")
    customer: UUID = row["id"]
    return customer


def reserve(connection: Connection, customer: UUID, command: CreateOrder, key: Key | None) -> Purchase | Answer:
    """Reserves a new order and leases it to the caller; for a known key, its stored answer or the order to go on with.

    Raises:
        NotFound: no such product, none that can be invoiced, or no such subscription of this customer.
        InFlight: the first request with this key is still running.
        KeyReused: the key came with another body before.
    """
    claim = None if key is None else Claim(ROUTE, key, idempotency.fingerprint(command), customer=customer)
    if claim is not None and (known := idempotency.find(connection, claim)) is not None:
        return _resume(connection, known)
    product = connection.execute(
        "SELECT id, name, sales_price, purchase_price, currency FROM sales_product WHERE ccp_product_id = %s",
        (command.ccp_service_item_id,),
    ).fetchone()
    if product is None:
        raise NotFound("ccpServiceItemId names no product in our catalogue")
    _check_invoiceable(product, command.amount)
    owned = connection.execute(
        "SELECT 1 FROM customer_subscription WHERE customer_id = %s AND subscription_id = %s",
        (customer, command.subscription_id),
    ).fetchone()
    if owned is None:
        raise NotFound("subscriptionId names no subscription of yours")
    order_id = uuid4()
    _insert_order(connection, order_id, customer, command, product)
    if claim is not None:
        idempotency.begin(connection, claim, order_id)
    orders.record(connection, order_id, orders.State.RESERVED)
    crash_point("C1", order_id)
    return Purchase(
        order_id,
        command.ccp_service_item_id,
        command.amount,
        command.subscription_id,
        customer,
        (product["purchase_price"],),
        product["currency"],
    )


def _check_invoiceable(product: dict[str, Any], amount: int) -> None:
    """Finds out before anything is sold that an invoice could not say what it costs."""
    try:
        Money.priced(product["sales_price"], amount, product["currency"])
    except (MoneyError, UnknownCurrencyError) as fault:
        _log.error("the catalogue has a product that cannot be invoiced", extra={"reason": fault})
        raise NotFound("ccpServiceItemId names a product that is not for sale now") from None


def _resume(connection: Connection, known: Known) -> Purchase | Answer:
    if known.order_id is None:
        raise LookupError("an order's idempotency key without its order")
    if known.status is not None and known.body is not None:
        return Answer(known.order_id, known.status, known.body)
    if (purchase := lease(connection, known.order_id)) is not None:
        return purchase
    if is_waiting(connection, known.order_id):
        return answers.pending(known.order_id)
    raise idempotency.in_flight()


def _insert_order(
    connection: Connection, order_id: UUID, customer: UUID, command: CreateOrder, product: dict[str, Any]
) -> None:
    connection.execute(
        """
        INSERT INTO sales_order (id, customer_id, subscription_id, sales_product_id, product_name, amount,
            sales_price, purchase_price, currency, state, leased_until)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'RESERVED', now() + make_interval(secs => %s))
        """,
        (
            order_id, customer, command.subscription_id, product["id"], product["name"], command.amount,
            product["sales_price"], product["purchase_price"], product["currency"], LEASE_SECONDS,
        ),
    )  # fmt: skip

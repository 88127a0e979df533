"""The first transaction of an order: who orders what, at which price, under which idempotency key.

It commits before the CCP is called, so that no crash can leave a sale at the CCP that we know nothing of. It is the
customer's own request, under the tenant's role, which may not read what a product or an order costs us: the database
fills that in, and it is read with the application's rights once all else is done.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from services.common import orders
from services.common.api import idempotency
from services.common.api.idempotency import Claim, Key, Known
from services.common.ccp.schedule import LEASE_SECONDS
from services.common.database import Connection, leave_tenant
from services.common.faults import crash_point
from services.order import answers, kept
from services.order.answers import Answer
from services.order.api_models import CreateOrder
from services.order.ccp import Purchase
from services.order.kept import Kept, SealedAnswer
from services.order.leases import is_waiting, lease
from services.order.naming import purchase_id
from services.order.offers import Offer, check_invoiceable, offer_of

ROUTE = "POST /create-order"


@dataclass(frozen=True)
class Open:
    """An order that an earlier request with the same key has left without a final answer."""

    order_id: UUID


def reserve(connection: Connection, customer: UUID, command: CreateOrder, key: Key | None) -> Purchase | Kept | Open:
    """Reserves a new order and leases it to the caller; for a known key, its stored answer or the order to go on with.

    Raises:
        NotFound: no such product, none that is for sale or that can be invoiced, or no such subscription of theirs.
        InFlight: the first request with this key is still running.
        KeyReused: the key came with another body before.
    """
    claim = None if key is None else Claim(ROUTE, key, idempotency.fingerprint(command), customer=customer)
    if claim is not None and (known := idempotency.find(connection, claim)) is not None:
        return _kept(customer, known)
    offer = offer_of(connection, customer, command)
    order_id = purchase_id(claim)
    made = _insert_order(connection, order_id, customer, command, offer)
    if claim is not None:
        idempotency.begin(connection, claim, order_id)
    if not made:  # lost with its key, and found again meanwhile
        return Open(order_id)
    orders.record(connection, order_id, orders.State.RESERVED)
    cost = _cost_of(connection, order_id, repeatable=claim is not None)
    check_invoiceable(cost["purchase_price"], command.amount, cost["purchase_currency"])
    crash_point("C1", order_id)
    return Purchase(
        order_id,
        command.ccp_service_item_id,
        command.amount,
        command.subscription_id,
        customer,
        (cost["purchase_price"],),
        cost["purchase_currency"],
        attempt=cost["ccp_attempts"],
    )


def resume(connection: Connection, left: Open) -> Purchase | Kept:
    """The order to go on with, leased to the caller, or that the reconciler will, or what became of one that was lost.

    The saga's own transaction.

    Raises:
        InFlight: the first request is still running.
    """
    if (purchase := lease(connection, left.order_id)) is not None:
        return purchase
    if is_waiting(connection, left.order_id):
        return answers.pending(left.order_id)
    if (given := kept.given(connection, left.order_id)) is not None:
        return given
    raise idempotency.in_flight()


def _kept(customer: UUID, known: Known) -> Kept | Open:
    if known.order_id is None:
        raise LookupError("an order's idempotency key without its order")
    if known.status is not None and known.sealed is not None:
        return SealedAnswer(known.order_id, customer, known.status, known.sealed)
    if known.status is not None and known.body is not None:
        return Answer(known.order_id, known.status, known.body)
    return Open(known.order_id)


def _insert_order(connection: Connection, order_id: UUID, customer: UUID, command: CreateOrder, offer: Offer) -> bool:
    """Whether the order is new.

    Raises:
        InFlight: another request is just making it.
    """
    try:
        return connection.execute(_ORDER, _values(order_id, customer, command, offer)).rowcount == 1
    except psycopg.errors.LockNotAvailable:
        raise idempotency.in_flight() from None


_ORDER = """
    INSERT INTO sales_order (id, customer_id, subscription_id, sales_product_id, product_name, amount,
        sales_price, currency, state, leased_until)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'RESERVED', now() + make_interval(secs => %s))
    ON CONFLICT (id) DO NOTHING
"""


def _values(order_id: UUID, customer: UUID, command: CreateOrder, offer: Offer) -> tuple[object, ...]:
    return (
        order_id, customer, command.subscription_id, offer.product_id, offer.name, command.amount, offer.unit_price,
        offer.currency, LEASE_SECONDS,
    )  # fmt: skip


def _cost_of(connection: Connection, order_id: UUID, *, repeatable: bool) -> dict[str, Any]:
    """What one item costs us, in which currency, and which attempt this is.

    Soon after a loss a request with a key may be a repetition: then the CCP is searched before it is asked.
    """
    leave_tenant(connection)
    if repeatable:
        connection.execute(_MAY_BE_REPEATED, (order_id,))
    row = connection.execute(
        "SELECT purchase_price, purchase_currency, ccp_attempts FROM sales_order WHERE id = %s", (order_id,)
    ).fetchone()
    if row is None:
        raise LookupError(f"the order {order_id} was not reserved")
    return row


_MAY_BE_REPEATED = """
    UPDATE sales_order SET ccp_attempts = 2
    WHERE id = %s AND EXISTS (SELECT FROM writer_loss WHERE began_at > now() - interval '1 hour')
"""

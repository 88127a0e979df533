"""The first transaction of an order: who orders what, at which price, under which idempotency key.

It commits before the CCP is called, so that no crash can leave a sale at the CCP that we know nothing of.
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from services.common import orders
from services.common.database import Connection
from services.common.errors import Forbidden, InFlight, InvalidRequest, KeyReused, NotFound
from services.common.tokens import Principal
from services.order.answers import Answer
from services.order.ccp import BUDGET_SECONDS, Purchase
from services.order.model import CreateOrder

ROUTE = "POST /create-order"
LEASE_SECONDS = BUDGET_SECONDS + 8
"""How long one process alone may ask the CCP about an order: the call and the commit after it."""


@dataclass(frozen=True)
class Key:
    """An `Idempotency-Key` header: at most 255 printable ASCII characters, scoped to the customer and the route."""

    value: str

    @classmethod
    def parse(cls, header: str | None) -> "Key | None":
        """The header's key, or None without a header.

        Raises:
            InvalidRequest: empty, too long, or with characters that are not printable ASCII.
        """
        if header is None:
            return None
        if not (0 < len(header) <= 255 and header.isascii() and header.isprintable()):
            raise InvalidRequest("the Idempotency-Key header takes 1 to 255 printable ASCII characters")
        return cls(header)


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
        NotFound: no such product, or no such subscription of this customer.
        InFlight: the first request with this key is still running.
        KeyReused: the key came with another body before.
    """
    fingerprint = hashlib.sha256(command.model_dump_json().encode()).hexdigest()
    if key is not None and (known := _known(connection, customer, key)) is not None:
        return _resume(connection, known, fingerprint)
    product = connection.execute(
        "SELECT id, name, sales_price, purchase_price, currency FROM sales_product WHERE ccp_product_id = %s",
        (command.ccp_service_item_id,),
    ).fetchone()
    if product is None:
        raise NotFound("ccpServiceItemId names no product in our catalogue")
    owned = connection.execute(
        "SELECT 1 FROM customer_subscription WHERE customer_id = %s AND subscription_id = %s",
        (customer, command.subscription_id),
    ).fetchone()
    if owned is None:
        raise NotFound("subscriptionId names no subscription of yours")
    order_id = uuid4()
    _insert_order(connection, order_id, customer, command, product)
    if key is not None:
        _insert_key(connection, order_id, customer, key, fingerprint)
    orders.record(connection, order_id, orders.State.RESERVED)
    return Purchase(order_id, command.ccp_service_item_id, command.amount, command.subscription_id, customer)


def _known(connection: Connection, customer: UUID, key: Key) -> dict[str, Any] | None:
    return connection.execute(
        """
        SELECT i.fingerprint, i.status, i.body, o.id, o.customer_id, o.amount, o.subscription_id, p.ccp_product_id
        FROM idempotency_key i
        JOIN sales_order o ON o.id = i.order_id
        JOIN sales_product p ON p.id = o.sales_product_id
        WHERE i.customer_id = %s AND i.route = %s AND i.key = %s
        """,
        (customer, ROUTE, key.value),
    ).fetchone()


def _resume(connection: Connection, known: dict[str, Any], fingerprint: str) -> Purchase | Answer:
    if known["fingerprint"] != fingerprint:
        raise KeyReused("this Idempotency-Key came with another body before; use a new key for a new order")
    if known["status"] is not None:
        return Answer(known["id"], known["status"], known["body"])
    if not lease(connection, known["id"]):
        raise InFlight("the first request with this key is still running", headers={"Retry-After": "2"})
    return Purchase(
        known["id"], known["ccp_product_id"], known["amount"], known["subscription_id"], known["customer_id"]
    )


def lease(connection: Connection, order_id: UUID) -> bool:
    """Whether the caller alone may now ask the CCP about this reserved order."""
    leased = connection.execute(
        """
        UPDATE sales_order SET leased_until = now() + make_interval(secs => %s)
        WHERE id = %s AND state = 'RESERVED' AND leased_until < now()
        """,
        (LEASE_SECONDS, order_id),
    )
    return leased.rowcount == 1


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


def _insert_key(connection: Connection, order_id: UUID, customer: UUID, key: Key, fingerprint: str) -> None:
    inserted = connection.execute(
        """
        INSERT INTO idempotency_key (customer_id, route, key, fingerprint, order_id)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (customer, ROUTE, key.value, fingerprint, order_id),
    )
    if inserted.rowcount == 0:
        raise InFlight("the first request with this key is still running", headers={"Retry-After": "2"})

"""The second half of an order: ask the CCP, then record its outcome in one transaction.

Asking is safe to repeat because the order's id is the idempotency key; recording is safe to repeat because an order
leaves RESERVED once.
"""

import logging

import psycopg
from pydantic import ValidationError

from services.common import orders, outbox
from services.common.database import Connection, Database
from services.common.orders import State
from services.manifests.order import LicenseKey, OrderManifest
from services.order import answers
from services.order.answers import Answer
from services.order.ccp import CcpClient, CcpOutcomeUnknown, CcpRefused, Purchase
from services.order.model import CcpSale, fault_of

LICENSE_DAYS = 365
"""The term of a licence; the given data model wants a date and the CCP's answer has none."""

PATIENCE_HOURS = 48
"""How long the CCP is asked about an order before a person has to look at it."""

PENDING = "the cloud provider has not answered yet; we keep asking, and the order goes on by itself"

_log = logging.getLogger(__name__)


class Settlement:
    """Settles reserved orders whose lease the caller holds."""

    def __init__(self, database: Database, ccp: CcpClient) -> None:
        self._database = database
        self._ccp = ccp

    def settle(self, purchase: Purchase) -> Answer:
        """Asks the CCP and records what it says; no database connection is held while waiting for it."""
        extra = {"order_id": purchase.order_id}
        try:
            sale = self._ccp.buy(purchase)
        except CcpRefused as refusal:
            _log.info("rejected", extra={**extra, "reason": refusal})
            return self._stop(State.REJECTED, str(refusal), answers.rejected(purchase.order_id, str(refusal)))
        except CcpOutcomeUnknown as unknown:
            _log.warning("outcome unknown", extra={**extra, "reason": unknown})
            return self._ask_later(purchase, unknown)
        if (fault := fault_of(sale, purchase.service_id, purchase.amount)) is not None:
            return self._park(purchase, fault)
        try:
            with self._database.transaction() as connection:
                answer = _confirm(connection, purchase, sale)
        except psycopg.errors.UniqueViolation:
            return self._park(purchase, "the CCP issued a licence key that was issued before")
        except (psycopg.DataError, ValidationError) as fault:
            return self._park(purchase, f"the CCP's answer cannot be recorded: {type(fault).__name__}")
        _log.info("confirmed", extra=extra)
        return answer

    def _ask_later(self, purchase: Purchase, unknown: CcpOutcomeUnknown) -> Answer:
        pending = answers.accepted(purchase.order_id, State.RESERVED, PENDING)
        with self._database.transaction() as connection:
            if (given := answers.given(connection, purchase.order_id)) is not None:
                return given
            if _postpone(connection, purchase):
                answers.keep(connection, pending)
                return pending
        return self._park(purchase, f"no clear outcome in {PATIENCE_HOURS} hours: {unknown}")

    def _park(self, purchase: Purchase, reason: str) -> Answer:
        _log.error("parked", extra={"order_id": purchase.order_id, "reason": reason})
        return self._stop(State.PARKED, reason, answers.accepted(purchase.order_id, State.PARKED, reason))

    def _stop(self, state: State, reason: str, answer: Answer) -> Answer:
        with self._database.transaction() as connection:
            if (given := answers.given(connection, answer.order_id)) is not None:
                return given
            orders.stop(connection, answer.order_id, state, reason)
            answers.keep(connection, answer)
        return answer


def _postpone(connection: Connection, purchase: Purchase) -> bool:
    """Lets the reconciler ask after a wait that grows with the order's age; False if the order has waited too long."""
    postponed = connection.execute(
        """
        UPDATE sales_order
        SET leased_until = now() + least(interval '1 hour', greatest(interval '5 seconds', (now() - created_at) / 2))
        WHERE id = %s AND state = 'RESERVED' AND created_at > now() - make_interval(hours => %s)
        """,
        (purchase.order_id, PATIENCE_HOURS),
    )
    return postponed.rowcount == 1


def _confirm(connection: Connection, purchase: Purchase, sale: CcpSale) -> Answer:
    if (given := answers.given(connection, purchase.order_id)) is not None:
        return given
    orders.advance(connection, purchase.order_id, State.CONFIRMED)
    answer = answers.sold(purchase.order_id, sale)
    item = _raise_quantity(connection, purchase)
    connection.execute(
        "UPDATE sales_order SET ccp_transaction_id = %s, subscription_item_id = %s WHERE id = %s",
        (sale.transaction_id, item, purchase.order_id),
    )
    _add_licenses(connection, item, sale)
    manifest = OrderManifest(
        transaction_id=sale.transaction_id,
        ccp_service_item_id=sale.service_item_id,
        amount=sale.amount,
        price_per_item=sale.price_per_item,
        total_price=sale.total_price,
        discount=sale.discount,
        license_keys=tuple(LicenseKey(id=entry.id, key=entry.key) for entry in sale.license_keys),
        timestamp=sale.timestamp,
    )
    outbox.add(connection, outbox.payload("invoice", purchase.customer_id, purchase.order_id, 1, manifest))
    answers.keep(connection, answer)
    return answer


def _raise_quantity(connection: Connection, purchase: Purchase) -> object:
    row = connection.execute(
        """
        INSERT INTO subscription_item (subscription_id, sales_product_id, product_name, quantity)
        SELECT %(subscription)s, id, name, %(amount)s FROM sales_product WHERE ccp_product_id = %(service)s
        ON CONFLICT (subscription_id, sales_product_id) DO UPDATE
            SET quantity = subscription_item.quantity + excluded.quantity, updated_at = now()
        RETURNING id
        """,
        {"subscription": purchase.subscription_id, "amount": purchase.amount, "service": purchase.service_id},
    ).fetchone()
    if row is None:
        raise LookupError(f"the product {purchase.service_id} has left the catalogue")
    return row["id"]


def _add_licenses(connection: Connection, item: object, sale: CcpSale) -> None:
    ids = [entry.id for entry in sale.license_keys]
    keys = [entry.key for entry in sale.license_keys]
    connection.execute(
        """
        WITH issued AS (
            INSERT INTO license (id, subscription_item_id, key)
            SELECT id, %(item)s, key FROM unnest(%(ids)s::uuid[], %(keys)s::text[]) AS given (id, key)
            RETURNING id
        )
        INSERT INTO license_valid_to_date (license_id, valid_to_date)
        SELECT id, %(sold)s::date + %(days)s FROM issued
        """,
        {"item": item, "ids": ids, "keys": keys, "sold": sale.timestamp, "days": LICENSE_DAYS},
    )

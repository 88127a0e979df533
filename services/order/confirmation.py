"""The transaction that makes a sale of the CCP the order's own, with everything that follows from it."""

from services.common import orders, outbox
from services.common.database import Connection
from services.common.faults import crash_point
from services.common.orders import State
from services.manifests.order import OrderManifest
from services.order import answers
from services.order.answers import Answer
from services.order.ccp import Purchase
from services.order.model import CcpSale

LICENSE_DAYS = 365
"""The term of a licence; the given data model wants a date and the CCP's answer has none."""


def confirm(connection: Connection, purchase: Purchase, sale: CcpSale) -> Answer | None:
    """The answer, once the order has left RESERVED with this sale, its licences and its message to the invoice service.

    None if the order had left RESERVED before: whoever was faster has recorded what it got.

    Raises:
        psycopg.errors.UniqueViolation: the CCP has given the transaction or a licence key to an earlier order.
    """
    if not orders.advance(connection, purchase.order_id, State.CONFIRMED):
        return None
    item = _raise_quantity(connection, purchase)
    connection.execute(
        """
        UPDATE sales_order SET ccp_transaction_id = %s, subscription_item_id = %s, purchase_price = %s WHERE id = %s
        """,
        (sale.transaction_id, item, sale.price_per_item, purchase.order_id),
    )
    _add_licenses(connection, item, sale)
    manifest = OrderManifest(
        transaction_id=sale.transaction_id,
        ccp_service_item_id=sale.service_item_id,
        amount=sale.amount,
        price_per_item=sale.price_per_item,
        total_price=sale.total_price,
        discount=sale.discount,
        license_ids=tuple(entry.id for entry in sale.license_keys),
        timestamp=sale.timestamp,
    )
    outbox.add(connection, outbox.payload("invoice", purchase.customer_id, purchase.order_id, 1, manifest))
    answer = answers.sold(purchase.order_id, sale)
    answers.keep(connection, answer)
    crash_point("C3", purchase.order_id)
    return answer


def _raise_quantity(connection: Connection, purchase: Purchase) -> object:
    row = connection.execute(
        """
        INSERT INTO subscription_item (subscription_id, sales_product_id, product_name, quantity)
        SELECT subscription_id, sales_product_id, product_name, amount FROM sales_order WHERE id = %s
        ON CONFLICT (subscription_id, sales_product_id) DO UPDATE
            SET quantity = subscription_item.quantity + excluded.quantity, updated_at = now()
        RETURNING id
        """,
        (purchase.order_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no order {purchase.order_id}")
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

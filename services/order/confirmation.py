"""The transaction that makes a sale of the CCP the order's own, with everything that follows from it."""

from services.common import orders
from services.common.database import Connection
from services.common.faults import crash_point
from services.common.orders import State
from services.common.pipeline import outbox
from services.manifests.order import OrderManifest
from services.order import kept
from services.order.answers import Answer
from services.order.ccp import Purchase
from services.order.sealed_sale import SealedSale

LICENSE_DAYS = 365
"""The term of a licence whose order names no end; the given data model wants one and the CCP's answer has none."""


def confirm(connection: Connection, purchase: Purchase, sold: SealedSale) -> Answer | None:
    """The answer, once the order has left RESERVED with this sale, its licences and its message to the invoice service.

    None if the order had left RESERVED before: whoever was faster has recorded what it got.

    Raises:
        psycopg.errors.UniqueViolation: the CCP has given the transaction or a licence key to an earlier order.
        psycopg.errors.ForeignKeyViolation: the database does not have the data key that the sale is sealed with.
    """
    sale = sold.sale
    if not orders.advance(connection, purchase.order_id, State.CONFIRMED):
        return None
    item = _raise_quantity(connection, purchase)
    connection.execute(
        """
        UPDATE sales_order SET ccp_transaction_id = %s, subscription_item_id = %s, purchase_price = %s WHERE id = %s
        """,
        (sale.transaction_id, item, sale.price_per_item, purchase.order_id),
    )
    _add_licenses(connection, purchase, item, sold)
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
    kept.keep(connection, sold.kept)
    crash_point("C3", purchase.order_id)
    return sold.answer


def _raise_quantity(connection: Connection, purchase: Purchase) -> object:
    row = connection.execute(
        """
        INSERT INTO subscription_item (subscription_id, sales_product_id, product_name, quantity)
        SELECT subscription_id, sales_product_id, product_name, amount FROM sales_order WHERE id = %s
        ON CONFLICT (subscription_id, sales_product_id) DO UPDATE
            SET quantity = subscription_item.quantity + excluded.quantity, state = 1, updated_at = now()
        RETURNING id
        """,
        (purchase.order_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no order {purchase.order_id}")
    return row["id"]


def _add_licenses(connection: Connection, purchase: Purchase, item: object, sold: SealedSale) -> None:
    connection.execute(
        """
        WITH issued AS (
            INSERT INTO license (
                id, customer_id, subscription_item_id, order_id, sealed_key, data_key_id, key_fingerprint, valid_to_date
            )
            SELECT id, %(customer)s, %(item)s, %(order)s, sealed_key, data_key_id, fingerprint, coalesce(
                (SELECT period_to FROM sales_order WHERE id = %(order)s), %(sold)s::date + %(days)s
            )
            FROM unnest(%(ids)s::uuid[], %(sealed)s::bytea[], %(data_keys)s::uuid[], %(fingerprints)s::bytea[])
                AS given (id, sealed_key, data_key_id, fingerprint)
            RETURNING id, valid_to_date
        )
        INSERT INTO license_valid_to_date (license_id, valid_to_date) SELECT id, valid_to_date FROM issued
        """,
        {
            "customer": purchase.customer_id,
            "item": item,
            "order": purchase.order_id,
            "ids": [key.license_id for key in sold.keys],
            "sealed": [key.sealed.ciphertext for key in sold.keys],
            "data_keys": [key.sealed.data_key_id for key in sold.keys],
            "fingerprints": [key.fingerprint for key in sold.keys],
            "sold": sold.sale.timestamp,
            "days": LICENSE_DAYS,
        },
    )

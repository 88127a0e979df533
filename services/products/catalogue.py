"""The catalogue's rows: read, and brought in step with what the CCP lists."""

from decimal import Decimal

from services.common.database import Connection
from services.common.money.prices import told
from services.products.ccp import Service
from services.products.changes import Change, Kind
from services.products.differences import Differences, Known

LOCK = 4_310_823
"""Any constant. Prices follow from products, rules and rates together, so who changes one of them is alone meanwhile.
The lock ends with the transaction, and within none of these the CCP is asked."""


def lock(connection: Connection) -> None:
    """Keeps everybody else from the catalogue's products, rules and prices until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


def known(connection: Connection) -> list[Known]:
    """Every product, for sale or not."""
    rows = connection.execute(
        """
        SELECT id AS product_id, ccp_product_id AS service_id, vendor, name, description, unit, purchase_price,
            currency, withdrawn_at IS NOT NULL AS withdrawn
        FROM sales_product
        """
    ).fetchall()
    return [Known(**row) for row in rows]


def apply(connection: Connection, found: Differences) -> list[Change]:
    """Does what has to be done; what was changed."""
    return [
        *(_add(connection, service) for service in found.added),
        *(_describe(connection, product, service) for product, service in found.described),
        *(_charge(connection, product, service) for product, service in found.charged),
        *(_set_withdrawn(connection, product, Kind.WITHDRAWN) for product in found.withdrawn),
        *(_set_withdrawn(connection, product, Kind.RETURNED) for product in found.returned),
        *(Change(product.product_id, product.name, Kind.HELD_BACK) for product in found.held_back),
    ]


def _add(connection: Connection, service: Service) -> Change:
    row = connection.execute(
        """
        INSERT INTO sales_product (name, description, vendor, unit, ccp_product_id, purchase_price, sales_price,
            currency)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
        """,
        (
            service.name, service.description, service.vendor, service.unit, service.id, service.unit_price,
            service.unit_price, service.currency,
        ),
    ).fetchone()  # fmt: skip
    if row is None:
        raise LookupError(f"the service {service.id} was not added")
    return Change(row["id"], service.name, Kind.ADDED, None, _price(service.unit_price, service.currency))


def _describe(connection: Connection, product: Known, service: Service) -> Change:
    connection.execute(
        "UPDATE sales_product SET name = %s, description = %s, vendor = %s, unit = %s WHERE id = %s",
        (service.name, service.description, service.vendor, service.unit, product.product_id),
    )
    return Change(product.product_id, service.name, Kind.DESCRIBED, product.name, service.name)


def _charge(connection: Connection, product: Known, service: Service) -> Change:
    connection.execute(
        "UPDATE sales_product SET purchase_price = %s, currency = %s WHERE id = %s",
        (service.unit_price, service.currency, product.product_id),
    )
    was, now = _price(product.purchase_price, product.currency), _price(service.unit_price, service.currency)
    return Change(product.product_id, service.name, Kind.PURCHASE_PRICE, was, now)


def _set_withdrawn(connection: Connection, product: Known, kind: Kind) -> Change:
    connection.execute(
        "UPDATE sales_product SET withdrawn_at = CASE WHEN %s THEN now() END WHERE id = %s",
        (kind is Kind.WITHDRAWN, product.product_id),
    )
    return Change(product.product_id, product.name, kind)


def _price(price: Decimal, currency: str) -> str:
    return f"{told(price, currency)} {currency}"

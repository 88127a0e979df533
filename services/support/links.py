"""What a case is about: things of the case's own customer, and of nobody else."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.common.database import Connection
from services.common.errors import NotFound

_OWNED = {
    "order_id": "SELECT FROM sales_order WHERE id = %s AND customer_id = %s",
    "invoice_id": "SELECT FROM invoice WHERE id = %s AND customer_id = %s",
    "license_id": "SELECT FROM license WHERE id = %s AND customer_id = %s",
}
LINKS = tuple(_OWNED)
_NAMES = {"order_id": "orderId", "invoice_id": "invoiceId", "license_id": "licenseId"}


def check(connection: Connection, customer_id: UUID, links: Mapping[str, Any]) -> None:
    """Returns if everything that is linked belongs to the customer.

    Raises:
        NotFound: something does not exist, or belongs to somebody else.
    """
    for name, query in _OWNED.items():
        value = links.get(name)
        if value is not None and connection.execute(query, (value, customer_id)).rowcount == 0:
            raise NotFound(f"{_NAMES[name]} names nothing of this customer's")

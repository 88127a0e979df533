"""Stores the lines of invoices and credit notes, each with its rate and the part of its term that it charges for."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.common.database import Connection
from services.manifests.invoice_document import InvoiceLine


@dataclass(frozen=True)
class Bought:
    """What a line sells, and what it cost us per piece."""

    sales_product_id: UUID
    purchase_price: Decimal


def store(connection: Connection, invoice_id: UUID, lines: Sequence[tuple[InvoiceLine, Bought]]) -> None:
    """Adds the lines of an invoice or a credit note, in the order in which they are printed."""
    for position, (line, bought) in enumerate(lines, start=1):
        connection.execute(
            """
            INSERT INTO invoice_line (invoice_id, position, sales_product_id, quantity, purchased_price, sales_price,
                net, vat, vat_category, charged_days, term_days, period_from, period_to, description)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                invoice_id, position, bought.sales_product_id, line.quantity, bought.purchase_price, line.unit_price,
                line.net, line.vat_rate, line.vat_category.value,
                line.proration and line.proration.days, line.proration and line.proration.term_days,
                line.period and line.period.starts_on, line.period and line.period.ends_on, line.description,
            ),
        )  # fmt: skip


def bought(connection: Connection, invoice_id: UUID) -> dict[int, Bought]:
    """What the lines of a stored invoice sell, by position."""
    rows = connection.execute(
        "SELECT position, sales_product_id, purchased_price FROM invoice_line WHERE invoice_id = %s", (invoice_id,)
    )
    return {row["position"]: Bought(row["sales_product_id"], row["purchased_price"]) for row in rows}

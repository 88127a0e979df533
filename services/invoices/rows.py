"""A document in short: the columns that make it, and its answer."""

from decimal import Decimal
from typing import Any

from services.common.money.amounts import Money
from services.invoices.models import Format, InvoiceAnswer

COLUMNS = """
    v.id, v.customer_id, v.kind, v.invoice_number, v.generated_at, v.issued_on, v.due_on, v.order_id, o.subscription_id,
    v.subscription_item_id, v.corrects_id, v.currency, v.net, v.amount, v.document_path, v.e_invoice_path
"""
TABLES = "invoice v JOIN sales_order o ON o.id = v.order_id"


def summary(row: dict[str, Any]) -> InvoiceAnswer:
    """The document in short."""
    return InvoiceAnswer.of_row(row, **computed(row))


def computed(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of `InvoiceAnswer` that are no columns as they stand."""
    currency = row["currency"]
    return {
        "net": amount(row["net"], currency),
        "vat_amount": amount(row["amount"] - row["net"], currency),
        "amount": amount(row["amount"], currency),
        "formats": _formats(row),
    }


def amount(value: Decimal, currency: str) -> str:
    """The amount with the currency's decimals."""
    return f"{Money.rounded(value, currency).amount:f}"


def _formats(row: dict[str, Any]) -> tuple[Format, ...]:
    if row["document_path"] is None:
        return ()
    return ("pdf",) if row["e_invoice_path"] is None else ("pdf", "xml")

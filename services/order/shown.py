"""An order's row as its customer sees it; the tenant's policies leave out everybody else's."""

from collections.abc import Mapping
from typing import Any

from services.common.money.amounts import Money
from services.common.money.prices import told
from services.order.api_models import CancellationAnswer

STATE = """
    CASE WHEN o.cancelled_at IS NOT NULL THEN 'CANCELLED'
        WHEN o.cancel_due_at IS NOT NULL AND o.state <> 'PARKED' THEN 'CANCELLING' ELSE o.state END
"""
"""An invoiced order that is cancelled goes on its way, so that its invoice and its credit note reach the customer."""

ORDER = f"""
    SELECT o.id, o.kind, {STATE} AS state, o.reason, o.amount, o.product_name, o.sales_price, o.currency,
        o.subscription_id, o.ccp_transaction_id, o.created_at, o.cancel_asked_at, o.cancelled_at, o.cancel_refusal,
        p.ccp_product_id, i.invoice_number, i.amount AS total
    FROM sales_order o
    JOIN sales_product p ON p.id = o.sales_product_id
    LEFT JOIN LATERAL (
        SELECT invoice_number, amount FROM invoice
        WHERE order_id = o.id AND kind = 'INVOICE' ORDER BY revision DESC LIMIT 1
    ) i ON true
    WHERE true
"""  # noqa: S608 - a constant; every value is bound


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a summary."""
    currency = row["currency"]
    return {
        "id": row["id"],
        "kind": row["kind"],
        "state": row["state"],
        "reason": row["reason"],
        "ccp_service_item_id": row["ccp_product_id"],
        "product_name": row["product_name"],
        "amount": row["amount"],
        "sales_price": told(row["sales_price"], currency),
        "currency": currency,
        "subscription_id": row["subscription_id"],
        "transaction_id": row["ccp_transaction_id"],
        "invoice_number": row["invoice_number"],
        "invoice_total": None if row["total"] is None else f"{Money(row['total'], currency).amount:f}",
        "created_at": row["created_at"],
    }


def cancellation(row: Mapping[str, Any]) -> CancellationAnswer | None:
    """What became of the wish to cancel; None if there was none."""
    if row["cancel_asked_at"] is None:
        return None
    outcome = "CANCELLED" if row["cancelled_at"] else "REFUSED" if row["cancel_refusal"] else "PENDING"
    return CancellationAnswer(asked_at=row["cancel_asked_at"], outcome=outcome, reason=row["cancel_refusal"])

"""What the database knows of an order that is to be invoiced."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.common.database import Connection
from services.common.errors import Park
from services.common.validation import faults
from services.invoice.composition import OrderFacts, SoldItem
from services.invoice.numbering import series_since
from services.manifests.invoice_document import BankAccount, Buyer, Proration, Seller, ServicePeriod


@dataclass(frozen=True)
class InvoiceFacts:
    """An order with its parties; its invoice is of the series that is open now."""

    order: OrderFacts
    ordered_at: datetime
    seller: Seller
    buyer: Buyer
    series: str
    legal_entity_id: UUID
    payment_days: int
    subscription_item_id: UUID
    sales_product_id: UUID
    purchase_price: Decimal


def load(connection: Connection, order_id: UUID) -> InvoiceFacts | None:
    """Locks the order and reads its facts; None if it does not wait for its invoice (any more).

    Raises:
        Park: a fact is missing or cannot stand on an invoice.
    """
    row = connection.execute(
        """
        SELECT o.state, o.product_name, o.amount, o.sales_price, o.purchase_price, o.currency, o.ccp_transaction_id,
            o.sales_product_id, o.subscription_item_id, s.name AS subscription_name,
            o.charged_days, o.term_days, o.period_from, o.period_to,
            c.company_name, c.address_lines, c.country, c.vat_id, c.email, c.customer_number,
            e.id AS entity_id, e.name AS entity_name, e.address_lines AS entity_address, e.country AS entity_country,
            e.vat_id AS entity_vat_id, e.registration, e.email AS entity_email, e.bank_name, e.iban, e.account_number,
            e.bic, e.invoice_series, e.payment_days, o.created_at, (SELECT max(epoch) FROM writer_loss) AS loss
        FROM sales_order o
        JOIN subscription s ON s.id = o.subscription_id
        JOIN customer c ON c.id = o.customer_id
        JOIN legal_entity e ON e.id = c.legal_entity_id
        WHERE o.id = %s FOR UPDATE OF o
        """,
        (order_id,),
    ).fetchone()
    if row is None:
        raise Park("the order has no customer or legal entity")
    if row["state"] != "CONFIRMED":
        return None
    try:
        return _facts(order_id, row)
    except ValidationError as error:
        raise Park(f"seller or buyer cannot stand on an invoice: {'; '.join(map(str, faults(error)))}") from None


def _facts(order_id: UUID, row: dict[str, Any]) -> InvoiceFacts:
    return InvoiceFacts(
        order=OrderFacts(
            order_id,
            row["ccp_transaction_id"],
            row["subscription_name"],
            row["currency"],
            (_item(row),),
        ),
        ordered_at=row["created_at"],
        seller=_seller(row),
        buyer=Buyer(
            name=row["company_name"],
            address=tuple(row["address_lines"]),
            country=row["country"],
            vat_id=row["vat_id"],
            email=row["email"],
            customer_number=row["customer_number"],
        ),
        series=series_since(row["invoice_series"], row["loss"]),
        legal_entity_id=row["entity_id"],
        payment_days=row["payment_days"],
        subscription_item_id=row["subscription_item_id"],
        sales_product_id=row["sales_product_id"],
        purchase_price=row["purchase_price"],
    )


def _item(row: dict[str, Any]) -> SoldItem:
    days, term_days = row["charged_days"], row["term_days"]
    return SoldItem(
        row["product_name"],
        row["amount"],
        row["sales_price"],
        period=ServicePeriod(starts_on=row["period_from"], ends_on=row["period_to"]) if row["period_from"] else None,
        proration=Proration(days=days, term_days=term_days) if days is not None and days != term_days else None,
    )


def _seller(row: dict[str, Any]) -> Seller:
    return Seller(
        name=row["entity_name"],
        address=tuple(row["entity_address"]),
        country=row["entity_country"],
        vat_id=row["entity_vat_id"],
        registration=row["registration"],
        email=row["entity_email"],
        bank=BankAccount(name=row["bank_name"], iban=row["iban"], account_number=row["account_number"], bic=row["bic"]),
    )

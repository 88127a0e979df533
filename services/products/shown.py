"""A product's rows as answers: one statement and one model for customers, and others for staff."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.common.api import Customer
from services.common.money.prices import told
from services.products.models import CostedProductAnswer, ProductAnswer, SalesPriceAnswer
from services.products.rates import Rates

OFFERED = """
    SELECT p.id, p.ccp_product_id, p.vendor, p.name, p.description, p.unit, p.withdrawn_at, s.sales_price, s.currency
    FROM sales_product p {kind} JOIN product_price s ON s.product_id = p.id AND s.currency = (
        SELECT e.currency FROM customer c JOIN legal_entity e ON e.id = c.legal_entity_id WHERE c.id = %(customer)s
    )
    WHERE true
"""
"""For customers, to be formatted with `LEFT` for products that they cannot order too."""
COSTED = """
    SELECT p.id, p.ccp_product_id, p.vendor, p.name, p.description, p.unit, p.withdrawn_at, p.purchase_price,
        p.currency,
        (
            SELECT jsonb_object_agg(s.currency, s.sales_price::text) FROM product_price s WHERE s.product_id = p.id
        ) AS prices
    FROM sales_product p WHERE true
"""
"""For staff."""


def whose(customer: Customer) -> dict[str, Any]:
    """The value that `OFFERED` binds."""
    return {"customer": customer.customer_id}


def product(row: Mapping[str, Any]) -> ProductAnswer:
    """A row of `OFFERED`."""
    offered = row["withdrawn_at"] is None and row["sales_price"] is not None
    return ProductAnswer(
        **_described(row),
        available=offered,
        sales_price=told(row["sales_price"], row["currency"]) if offered else None,
        currency=row["currency"] if offered else None,
    )


def costed(row: Mapping[str, Any], rates: Rates) -> CostedProductAnswer:
    """A row of `COSTED`."""
    prices = {currency: Decimal(price) for currency, price in sorted((row["prices"] or {}).items())}
    own = prices.get(row["currency"]) if row["withdrawn_at"] is None else None
    return CostedProductAnswer(
        **_described(row),
        available=row["withdrawn_at"] is None and bool(prices),
        sales_price=None if own is None else told(own, row["currency"]),
        currency=None if own is None else row["currency"],
        withdrawn_at=row["withdrawn_at"],
        purchase_price=told(row["purchase_price"], row["currency"]),
        purchase_currency=row["currency"],
        prices=tuple(
            SalesPriceAnswer(
                currency=currency,
                sales_price=told(price, currency),
                margin_percent=_margin(price, row["purchase_price"], rates.of(row["currency"], currency)),
            )
            for currency, price in prices.items()
        ),
    )


def _described(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "ccp_service_item_id": row["ccp_product_id"],
        "vendor": row["vendor"],
        "name": row["name"],
        "description": row["description"],
        "unit": row["unit"],
    }


def _margin(price: Decimal, purchase_price: Decimal, rate: Decimal | None) -> str | None:
    if rate is None or purchase_price == 0:
        return None
    return f"{(price / (purchase_price * rate) - 1) * 100:.2f}"

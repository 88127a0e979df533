"""No order can cost more than its invoice can say, whatever the catalogue's prices and currencies."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from services.common.money.amounts import Money
from services.invoice.crediting import CreditRequest, issue
from services.order.api_models import MAX_AMOUNT
from tests.support.pipeline import Pipeline

HIGHEST = Decimal("9999999999.9999")
"""The most that the catalogue's column holds."""


@pytest.mark.parametrize("currency", ["EUR", "IDR", "VND", "KWD"])
def test_the_dearest_order_of_all_is_sold_invoiced_and_credited(pipeline: Pipeline, currency: str) -> None:
    world = pipeline.world
    world.admin.execute("UPDATE sales_product SET purchase_price = %s, currency = %s", (HIGHEST, currency))
    world.admin.execute(
        "UPDATE product_price SET sales_price = %s, currency = %s WHERE currency = 'EUR'", (HIGHEST, currency)
    )
    world.admin.execute("UPDATE legal_entity SET currency = %s", (currency,))
    answer = pipeline.shop.order(pipeline.shop.body(amount=MAX_AMOUNT))
    assert answer.status_code == 201
    pipeline.relay()
    pipeline.take("invoice")
    assert pipeline.state() == "INVOICED"
    net = world.value("SELECT quantity * sales_price FROM invoice_line")
    total = Decimal(str(world.value("SELECT amount FROM invoice")))
    assert total > Decimal(str(net)) > Decimal(10) ** 13, "more than the column held before"
    shown = pipeline.shop.get(answer.headers["Location"]).json
    assert shown is not None
    assert shown["invoiceTotal"] == f"{Money(total, currency).amount:f}"
    order, number = world.admin.execute("SELECT order_id, invoice_number FROM invoice").fetchone() or (None, None)
    with world.database.transaction() as connection:
        issue(connection, CreditRequest(uuid4(), UUID(str(order)), str(number), "Licences cancelled"))
    assert world.value("SELECT amount FROM invoice WHERE kind = 'CREDIT_NOTE'") == total


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sales_product SET currency = 'XYZ'",
        "UPDATE product_price SET currency = 'XYZ' WHERE currency = 'EUR'; UPDATE legal_entity SET currency = 'XYZ'",
    ],
)
def test_what_no_invoice_can_say_is_refused_before_it_is_sold(pipeline: Pipeline, change: str) -> None:
    pipeline.world.admin.execute(change.encode())
    answer = pipeline.shop.order()
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert pipeline.shop.ccp.calls == []
    assert pipeline.world.value("SELECT count(*) FROM sales_order") == 0

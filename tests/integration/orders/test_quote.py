"""`POST /create-order?dryRun=true`: nothing happens, and what it says comes true."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.integration.conftest import PRODUCT
from tests.support.pipeline import Pipeline
from tests.support.shop import Shop

TABLES = ("sales_order", "order_event", "idempotency_key", "outbox", "subscription_item", "license")


def quoted(shop: Shop, *, who: str = "liffey", dry: str = "true", **changes: object) -> TestResponse:
    own = {"subscriptionId": str(shop.world.customer(who).subscription_id)}
    headers = {"Authorization": f"Bearer {shop.world.subject(who)}", "Idempotency-Key": "q1"}
    return shop.client.post(f"/create-order?dryRun={dry}", json=shop.body(**(own | changes)), headers=headers)


def test_a_quote_orders_nothing_and_keeps_nothing(shop: Shop) -> None:
    answer = quoted(shop)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert shop.ccp.calls == []
    for table in TABLES:
        assert shop.world.value(f"SELECT count(*) FROM {table}") == 0, table


def test_the_key_of_a_quote_is_free_for_the_order(shop: Shop) -> None:
    assert quoted(shop).status_code == 200
    assert shop.order(key="q1").status_code == 201
    assert quoted(shop, amount=7).status_code == 200


def test_a_quote_shows_price_term_and_tax(shop: Shop) -> None:
    told: Any = quoted(shop, amount=3).json
    assert told["pricePerItem"] == "11.80"
    assert (told["net"], told["vat"]["amount"], told["gross"]) == ("35.40", "8.14", "43.54")
    assert (told["vat"]["name"], told["vat"]["rate"], told["currency"]) == ("VAT", "23", "EUR")
    assert (told["discount"], told["term"]["chargedDays"], told["term"]["termDays"]) == (0, 365, 365)
    assert told["ccpServiceItemId"] == str(PRODUCT.id)


@pytest.mark.parametrize("who", ["liffey", "elliniki", "siam", "merlion"])
def test_the_invoice_says_what_the_quote_said(pipeline: Pipeline, who: str) -> None:
    shop = pipeline.shop
    told: Any = quoted(shop, who=who, amount=7).json
    subscription = str(shop.world.customer(who).subscription_id)
    address = shop.order(shop.body(amount=7, subscriptionId=subscription), who=who).headers["Location"]
    pipeline.relay()
    pipeline.take("invoice")
    shown: Any = shop.get(address, who=who).json
    assert (shown["invoiceTotal"], shown["currency"]) == (told["gross"], told["currency"])
    line = shop.world.admin.execute("SELECT sales_price, vat, vat_category FROM invoice_line").fetchone()
    assert line == (Decimal(told["pricePerItem"]), Decimal(told["vat"]["rate"]), told["vat"]["category"])


@pytest.mark.parametrize("what", ["ccpServiceItemId", "subscriptionId"])
def test_what_could_not_be_ordered_has_no_quote(shop: Shop, what: str) -> None:
    assert quoted(shop, **{what: str(uuid4())}).status_code == 404
    theirs = str(shop.world.customer("siam").subscription_id)
    assert quoted(shop, subscriptionId=theirs).status_code == 404


def test_what_is_not_for_sale_has_neither_quote_nor_order(shop: Shop) -> None:
    shop.world.admin.execute("UPDATE sales_product SET withdrawn_at = now()")
    assert (quoted(shop).status_code, shop.order().status_code) == (404, 404)
    shop.world.admin.execute("UPDATE sales_product SET withdrawn_at = NULL")
    assert (quoted(shop).status_code, shop.order().status_code) == (200, 201)
    shop.world.admin.execute("DELETE FROM product_price")
    assert (quoted(shop).status_code, shop.order().status_code) == (404, 404)


def test_a_tax_that_nobody_can_name_is_a_conflict_and_no_fault_of_ours(shop: Shop) -> None:
    mueller = shop.world.customer("mueller").id
    shop.world.admin.execute("UPDATE customer SET vat_id = 'DE000000000' WHERE id = %s", (mueller,))
    answer = quoted(shop, who="mueller")
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["type"].endswith("/not-possible")


@pytest.mark.parametrize("dry", ["maybe", "", "1&dryRun=0"])
def test_a_dry_run_is_meant_or_not(shop: Shop, dry: str) -> None:
    assert quoted(shop, dry=dry).status_code == 400
    assert shop.ccp.calls == []

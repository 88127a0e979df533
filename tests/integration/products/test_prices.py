"""Sales prices by margin and exchange rate, their history, and who is told what."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from services.registry import Caller
from tests.integration.conftest import PRODUCT
from tests.integration.products.conftest import OFFERED, Shelf


def product_id(shelf: Shelf) -> str:
    return str(shelf.world.value("SELECT id FROM sales_product WHERE ccp_product_id = %s", PRODUCT.id))


def history(shelf: Shelf, *, who: str = "liffey") -> list[tuple[Any, ...]]:
    prices = shelf.get(f"/products/{product_id(shelf)}/prices", who=who)["prices"]
    return [(entry["kind"], entry["price"], entry["currency"]) for entry in prices]


def test_customers_see_the_price_in_their_legal_entity_s_currency_alone(abroad: Shelf) -> None:
    assert abroad.price(who="liffey") == ("11.80", "EUR")
    assert abroad.price(who="siam") == ("17.70", "SGD")
    assert {product["currency"] for product in abroad.get("/products", who="siam")["products"]} == {"SGD"}


def test_a_customer_is_told_neither_costs_nor_other_currencies(abroad: Shelf) -> None:
    abroad.ccp.entries = [{**OFFERED, "unitPrice": "12.34"}]
    abroad.synchronise()
    for path in ("/products", f"/products/{product_id(abroad)}", f"/products/{product_id(abroad)}/prices"):
        told = abroad.ask(path, who="siam").text
        for secret in ("12.34", "EUR", "PURCHASE", "purchase", "margin"):
            assert secret not in told, path


def test_not_even_a_wrong_statement_tells_a_tenant_what_things_cost_us(abroad: Shelf) -> None:
    siam = abroad.world.customer("siam").id
    for statement in (
        "SELECT purchase_price FROM sales_product",
        "SELECT sales_price, currency FROM sales_product",
        "SELECT * FROM sales_product",
        "SELECT * FROM margin_rule",
        "SELECT * FROM exchange_rate",
        "SELECT * FROM catalogue_synchronisation",
        "UPDATE product_price SET sales_price = 0",
        "DELETE FROM product_price",
        "INSERT INTO price_change (product_id, kind, currency) SELECT id, 'SALES', 'SGD' FROM sales_product",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            abroad.world.database.tenant(siam) as connection,
        ):
            connection.execute(statement.encode())
    with abroad.world.database.tenant(siam) as connection:
        prices = connection.execute("SELECT DISTINCT currency FROM product_price").fetchall()
        changes = connection.execute("SELECT DISTINCT kind, currency FROM price_change").fetchall()
    assert prices == [{"currency": "SGD"}]
    assert changes == [{"kind": "SALES", "currency": "SGD"}]


def test_staff_see_what_it_costs_and_earns_in_every_currency(abroad: Shelf) -> None:
    shown = abroad.get(f"/products/{product_id(abroad)}", who=Caller.SUPPORT)
    assert (shown["purchasePrice"], shown["purchaseCurrency"]) == ("10.00", "EUR")
    assert shown["prices"] == [
        {"currency": "EUR", "salesPrice": "11.80", "marginPercent": "18.00"},
        {"currency": "SGD", "salesPrice": "17.70", "marginPercent": "18.00"},
    ]
    assert abroad.get("/products", who=Caller.OPERATOR)["products"] == [shown]


def test_every_change_of_a_price_is_in_its_history(abroad: Shelf) -> None:
    abroad.rule(productId=product_id(abroad), markupPercent="20")
    abroad.ccp.entries = [{**OFFERED, "unitPrice": "12.34"}]
    abroad.synchronise()
    abroad.rate("1.6")
    assert history(abroad, who="siam") == [
        ("SALES", "23.69", "SGD"),
        ("SALES", "22.21", "SGD"),
        ("SALES", "18.00", "SGD"),
        ("SALES", "17.70", "SGD"),
    ]
    assert history(abroad, who="liffey") == [
        ("SALES", "14.81", "EUR"),
        ("SALES", "12.00", "EUR"),
        ("SALES", "11.80", "EUR"),
    ]
    seen_by_staff = history(abroad, who=Caller.OPERATOR)
    assert [one for one in seen_by_staff if one[0] == "PURCHASE"] == [
        ("PURCHASE", "12.34", "EUR"),
        ("PURCHASE", "10.00", "EUR"),
    ]
    assert len(seen_by_staff) == 9


def test_the_history_comes_page_by_page(shelf: Shelf) -> None:
    for markup in range(20, 27):
        shelf.rule(productId=product_id(shelf), markupPercent=str(markup))
    whole = shelf.get(f"/products/{product_id(shelf)}/prices")["prices"]
    pages, cursor = [], None
    while True:
        page = shelf.get(f"/products/{product_id(shelf)}/prices", limit=3, **({"cursor": cursor} if cursor else {}))
        pages += page["prices"]
        if (cursor := page["next"]) is None:
            break
    assert pages == whole
    assert len(whole) == 8


def test_a_rate_that_is_missing_leaves_a_product_unsold_in_that_currency(shelf: Shelf) -> None:
    shelf.world.admin.execute("UPDATE legal_entity SET currency = 'JPY' WHERE invoice_series = 'AP'")
    shelf.synchronise()
    assert shelf.names(who="siam") == []
    assert shelf.price(who="siam") == (None, None)
    shelf.rate("163.5", quote="JPY")
    assert shelf.price(who="siam") == ("1929", "JPY")
    assert shelf.price(who="liffey") == ("11.80", "EUR")


def test_a_rate_and_a_rule_begin_on_their_day(abroad: Shelf) -> None:
    abroad.rate("9", validFrom="2999-01-01")
    abroad.rule(markupPercent="500", validFrom="2999-01-01")
    assert abroad.price(who="siam") == ("17.70", "SGD")


def test_a_rule_that_ends_gives_way_to_the_next_one_and_the_last_one_to_the_price_as_it_was(shelf: Shelf) -> None:
    dearer = shelf.rule(productId=product_id(shelf), markupPercent="50", minimumMargin="6")
    assert shelf.price() == ("16.00", "EUR")
    assert shelf.delete(f"/catalogue/margin-rules/{dearer['id']}").status_code == 204
    assert shelf.delete(f"/catalogue/margin-rules/{dearer['id']}").status_code == 404
    assert shelf.price() == ("11.80", "EUR")
    [for_all] = shelf.get("/catalogue/margin-rules", who=Caller.OPERATOR)["marginRules"]
    shelf.delete(f"/catalogue/margin-rules/{for_all['id']}")
    assert shelf.price() == ("11.80", "EUR")
    shelf.ccp.entries = [{**OFFERED, "unitPrice": "11.81"}]
    shelf.synchronise()
    assert shelf.price() == (None, None)


def test_a_rule_below_the_purchase_price_has_to_say_so(shelf: Shelf) -> None:
    refused = shelf.post("/catalogue/margin-rules", {"markupPercent": "-5", "validFrom": "2026-01-01"})
    assert refused.status_code == 400
    shelf.rule(productId=product_id(shelf), markupPercent="-5", belowPurchasePrice=True)
    assert shelf.price() == ("9.50", "EUR")


def test_a_rule_is_made_once_for_its_key_and_never_for_a_product_that_there_is_not(shelf: Shelf) -> None:
    rule = {"markupPercent": "30", "validFrom": "2026-01-01"}
    first, again = (shelf.post("/catalogue/margin-rules", rule, key="k1") for _ in range(2))
    assert (again.status_code, again.data) == (201, first.data)
    assert shelf.world.value("SELECT count(*) FROM margin_rule WHERE markup_percent = 30") == 1
    assert shelf.post("/catalogue/margin-rules", rule | {"productId": str(uuid4())}).status_code == 400


def test_pods_of_the_release_before_find_the_price_where_it_was(abroad: Shelf) -> None:
    abroad.rule(productId=product_id(abroad), markupPercent="40")
    assert str(abroad.world.value("SELECT sales_price FROM sales_product")) == "14.0000"


@pytest.mark.parametrize(
    "path", ["/catalogue/margin-rules", "/catalogue/exchange-rates", "/catalogue/synchronisations"]
)
def test_only_operators_keep_margins_rates_and_runs(shelf: Shelf, path: str) -> None:
    for who in ("liffey", Caller.SUPPORT.value):
        assert shelf.ask(path, who=who).status_code == 403
        assert shelf.post(path, {}, who=who).status_code == 403

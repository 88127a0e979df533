"""`GET /orders`: whose they are, which, in which order, and at which price they were made."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.common.ccp.client import CcpOutcomeUnknown, CcpRefused
from tests.support.shop import Shop


def listed(shop: Shop, *, who: str = "liffey", **query: object) -> Any:
    headers = {"Authorization": f"Bearer {shop.world.subject(who)}"}
    answer = shop.client.get("/orders", query_string=query, headers=headers)
    assert answer.status_code == 200, answer.data
    return answer.json


def ids(page: Any) -> list[str]:
    return [order["id"] for order in page["orders"]]


def made(shop: Shop, *, who: str = "liffey") -> str:
    body = shop.body(subscriptionId=str(shop.world.customer(who).subscription_id))
    return shop.order(body, who=who).headers["Location"].rpartition("/")[2]


def test_orders_come_the_latest_first_and_page_by_page(shop: Shop) -> None:
    orders = [made(shop) for _ in range(5)]
    assert ids(listed(shop)) == orders[::-1]
    pages: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = listed(shop, limit=2, **cursor)
        assert len(page["orders"]) <= 2
        pages += ids(page)
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert pages == orders[::-1]


def test_an_order_that_comes_meanwhile_shifts_no_page(shop: Shop) -> None:
    orders = [made(shop) for _ in range(4)]
    first = listed(shop, limit=2)
    made(shop)
    assert ids(first) + ids(listed(shop, limit=2, cursor=first["next"])) == orders[::-1]


def test_nobody_sees_orders_of_another_customer(shop: Shop) -> None:
    mine, theirs = made(shop), made(shop, who="siam")
    assert ids(listed(shop)) == [mine]
    assert ids(listed(shop, who="siam")) == [theirs]
    assert ids(listed(shop, subscriptionId=shop.world.customer("siam").subscription_id)) == []


def test_orders_are_chosen_by_state_subscription_and_time(shop: Shop) -> None:
    sold = made(shop)
    shop.ccp.script = CcpOutcomeUnknown("timeout")
    waiting = made(shop)
    shop.ccp.script = CcpRefused("no more seats")
    refused = made(shop)
    for state, order in (("CONFIRMED", sold), ("RESERVED", waiting), ("REJECTED", refused)):
        assert ids(listed(shop, state=state)) == [order]
    assert ids(listed(shop, subscriptionId=shop.world.customer("liffey").subscription_id)) == [refused, waiting, sold]
    at = {order["id"]: order["createdAt"] for order in listed(shop)["orders"]}
    assert ids(listed(shop, **{"from": at[waiting]})) == [refused, waiting]
    assert ids(listed(shop, to=at[waiting])) == [sold]
    assert ids(listed(shop, **{"from": at[waiting]}, to=at[refused], state="RESERVED")) == [waiting]
    day_before = (datetime.fromisoformat(at[sold]) - timedelta(days=1)).isoformat()
    assert ids(listed(shop, to=day_before)) == []


@pytest.mark.parametrize(
    "query",
    [
        {"state": "SOLD"},
        {"from": "yesterday"},
        {"to": "2026-11-22T12:00"},
        {"limit": 0},
        {"cursor": "x"},
        {"q": "x"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(shop: Shop, query: dict[str, object]) -> None:
    headers = {"Authorization": f"Bearer {shop.world.subject('liffey')}"}
    assert shop.client.get("/orders", query_string=query, headers=headers).status_code == 400


def test_an_order_keeps_the_price_it_was_made_at(shop: Shop) -> None:
    order = made(shop)
    shop.world.admin.execute("UPDATE product_price SET sales_price = 99")
    shop.world.admin.execute("UPDATE sales_product SET purchase_price = 88, withdrawn_at = now()")
    [shown] = listed(shop)["orders"]
    assert (shown["salesPrice"], shown["currency"]) == ("11.80", "EUR")
    assert shop.get(f"/orders/{order}").json["salesPrice"] == "11.80"  # type: ignore[index]
    assert shop.world.value("SELECT purchase_price FROM sales_order") == 10


def test_an_order_is_sold_in_its_customer_s_currency_and_bought_in_the_ccp_s(shop: Shop) -> None:
    made(shop, who="siam")
    [shown] = listed(shop, who="siam")["orders"]
    assert (shown["state"], shown["salesPrice"], shown["currency"]) == ("CONFIRMED", "17.70", "SGD")
    kept = shop.world.admin.execute("SELECT purchase_price, purchase_currency, currency FROM sales_order").fetchone()
    assert kept == (10, "EUR", "SGD")
    [purchase] = shop.ccp.calls
    assert (purchase.prices, purchase.currency) == ((Decimal(10),), "EUR")


def test_what_an_order_costs_us_is_told_nowhere_in_it(shop: Shop) -> None:
    order = made(shop)
    shop.world.admin.execute("UPDATE sales_order SET purchase_price = 43.21")
    assert "43.21" not in str(listed(shop))
    assert "43.21" not in shop.get(f"/orders/{order}").text

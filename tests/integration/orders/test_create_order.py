"""`POST /create-order` against a real database: its answers, its refusals, and what it leaves behind."""

import json
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from services.common.ccp.client import CcpOutcomeUnknown, CcpRefused
from services.order.model import CcpSale
from services.order.reconciler import reconcile
from tests.integration.conftest import PRODUCT, World
from tests.support.shop import ORDER, Shop


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def test_an_order_answers_the_sale_in_our_names(shop: Shop) -> None:
    answer = shop.order()
    assert answer.status_code == 201
    sale = shop.ccp.sales[shop.ccp.calls[0].order_id]
    assert answer.json == {
        "transactionId": str(sale.transaction_id),
        "ccpServiceItemId": str(PRODUCT.id),
        "amount": 2,
        "pricePerItem": 10.0,
        "totalPrice": 20.0,
        "discount": 0,
        "licenseKeys": [{"id": str(entry.id), "key": entry.key.get_secret_value()} for entry in sale.license_keys],
        "timestamp": "2026-11-22T12:00:00Z",
    }


def test_an_order_leaves_licences_quantity_and_one_outbox_row(shop: Shop) -> None:
    shop.order()
    shop.order(shop.body(amount=3))
    assert shop.world.value("SELECT quantity FROM subscription_item") == 5
    assert shop.world.value("SELECT count(*) FROM license JOIN license_valid_to_date ON license_id = id") == 5
    assert shop.world.value("SELECT count(*) FROM outbox WHERE queue = 'invoice'") == 2
    payload = json.loads(str(shop.world.value("SELECT body FROM outbox ORDER BY id LIMIT 1")))
    assert payload["metadata"] == {"manifestVersion": 2, "payloadType": 1}
    assert payload["ccpServiceItemId"] == str(PRODUCT.id)


def test_an_order_shows_its_stages_to_its_customer_only(shop: Shop) -> None:
    address = shop.order().headers["Location"]
    shown = shop.get(address)
    assert shown.status_code == 200
    assert shown.json is not None
    assert shown.json["state"] == "CONFIRMED"
    assert [stage["stage"] for stage in shown.json["stages"]] == ["RESERVED", "CONFIRMED"]
    assert shop.get(address, who="siam").status_code == 404
    assert shop.get(f"/orders/{uuid4()}").status_code == 404
    assert shop.get("/orders/not-a-guid").status_code == 404


DEEP = b"[" * 100_000
BAD_BODIES = {
    "not JSON": (b"{amount: 1}", "malformed-body"),
    "nested 100k deep": (DEEP, "request-entity-too-large"),
    "nested 30k deep": (b"[" * 30_000, "malformed-body"),
    "10 MB": (b" " * 10_000_000, "request-entity-too-large"),
    "empty": (b"", "malformed-body"),
    "not UTF-8": (b'{"amount": "\xff"}', "malformed-body"),
    "a list": (b"[]", "invalid-request"),
    "NaN": (b'{"amount": NaN}', "malformed-body"),
    "twice the same key": (b'{"amount": 1, "amount": 2}', "malformed-body"),
    "a number of 5,000 digits": (b'{"amount": ' + b"1" * 5_000 + b"}", "malformed-body"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_refused_and_leaves_nothing(shop: Shop, name: str) -> None:
    body, slug = BAD_BODIES[name]
    refused(shop, shop.order(body), slug)


BAD_FIELDS: dict[str, dict[str, object]] = {
    "amount 0": {"amount": 0},
    "amount -1": {"amount": -1},
    "amount 1e9": {"amount": 10**9},
    "amount 1.5": {"amount": 1.5},
    "amount as text": {"amount": "1"},
    "amount true": {"amount": True},
    "unknown field": {"price": 1},
    "no GUID": {"subscriptionId": "mine"},
    "GUID as number": {"ccpServiceItemId": 7},
}


@pytest.mark.parametrize("name", BAD_FIELDS)
def test_a_bad_field_is_refused_and_leaves_nothing(shop: Shop, name: str) -> None:
    answer = shop.order(shop.body(**BAD_FIELDS[name]))
    refused(shop, answer, "invalid-request")
    assert answer.json is not None
    assert answer.json["errors"][0]["field"] in BAD_FIELDS[name]


def test_a_missing_field_is_named(shop: Shop) -> None:
    answer = shop.order({"amount": 1})
    refused(shop, answer, "invalid-request")
    assert {error["field"] for error in answer.json["errors"]} == {"ccpServiceItemId", "subscriptionId"}  # type: ignore[index]


def test_foreign_things_are_not_found(shop: Shop) -> None:
    theirs = str(shop.world.customer("siam").subscription_id)
    for change in ({"ccpServiceItemId": str(uuid4())}, {"subscriptionId": str(uuid4())}, {"subscriptionId": theirs}):
        refused(shop, shop.order(shop.body(**change)), "not-found")


def test_without_a_token_or_a_customer_nothing_happens(shop: Shop) -> None:
    refused(shop, shop.client.post(ORDER, json=shop.body()), "unauthorized")
    stranger = {"Authorization": f"Bearer {uuid4()}"}
    refused(shop, shop.client.post(ORDER, json=shop.body(), headers=stranger), "forbidden")


def refused(shop: Shop, answer: TestResponse, slug: str) -> None:
    assert 400 <= answer.status_code < 500
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["type"].endswith(f"/{slug}"), answer.json
    assert shop.ccp.calls == []
    for table in ("sales_order", "idempotency_key", "order_event", "outbox"):
        assert shop.world.value(f"SELECT count(*) FROM {table}") == 0, table


def test_a_repeated_key_replays_the_same_bytes_and_buys_once(shop: Shop) -> None:
    first, second = shop.order(key="k1"), shop.order(key="k1")
    assert (second.status_code, second.data) == (201, first.data)
    assert second.headers["Location"] == first.headers["Location"]
    assert len(shop.ccp.calls) == 1


def test_a_key_with_another_body_or_of_another_customer(shop: Shop) -> None:
    shop.order(key="k1")
    assert shop.order(shop.body(amount=9), key="k1").status_code == 422
    theirs = shop.body(subscriptionId=str(shop.world.customer("siam").subscription_id))
    assert shop.order(theirs, key="k1", who="siam").status_code == 201


def test_a_key_in_flight_waits_and_a_dead_one_is_taken_over(shop: Shop) -> None:
    shop.ccp.script = RuntimeError("killed before the commit")
    assert shop.order(key="k1").status_code == 500
    shop.ccp.script = lambda sale: sale
    waiting = shop.order(key="k1")
    assert waiting.status_code == 409
    assert waiting.headers["Retry-After"]
    shop.world.admin.execute("UPDATE sales_order SET leased_until = now()")
    assert shop.order(key="k1").status_code == 201
    assert len({call.order_id for call in shop.ccp.calls}) == 1


@pytest.mark.parametrize("header", ["x" * 256, "tab\tinside"])
def test_a_bad_key_is_refused(shop: Shop, header: str) -> None:
    refused(shop, shop.order(key=header), "invalid-request")


def test_an_unknown_outcome_is_accepted_and_reconciled_with_the_same_key(shop: Shop) -> None:
    shop.ccp.script = CcpOutcomeUnknown("timeout")
    answer = shop.order(key="k1")
    assert answer.status_code == 202
    again = shop.order(key="k1")
    assert (again.status_code, again.data) == (202, answer.data)
    assert reconcile(shop.world.database, shop.settlement, shop.ccp) == 0
    shop.world.admin.execute("UPDATE sales_order SET leased_until = now()")
    shop.ccp.script = lambda sale: sale
    assert reconcile(shop.world.database, shop.settlement, shop.ccp) == 1
    assert len({call.order_id for call in shop.ccp.calls}) == 1
    assert shop.order(key="k1").status_code == 201
    assert shop.get(answer.headers["Location"]).json["state"] == "CONFIRMED"  # type: ignore[index]


def test_a_refusal_of_the_ccp_is_final_and_tells_why(shop: Shop) -> None:
    shop.ccp.script = CcpRefused("no more seats of this product")
    answer = shop.order(key="k1")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["detail"] == "no more seats of this product"
    assert shop.order(key="k1").data == answer.data
    assert shop.world.value("SELECT state FROM sales_order") == "REJECTED"
    assert shop.world.value("SELECT count(*) FROM outbox") == 0


WRONG_SALES: dict[str, Callable[[CcpSale], CcpSale]] = {
    "partial fill": lambda sale: sale.model_copy(update={"amount": 1, "license_keys": sale.license_keys[:1]}),
    "another product": lambda sale: sale.model_copy(update={"service_item_id": uuid4()}),
    "too few keys": lambda sale: sale.model_copy(update={"license_keys": sale.license_keys[:1]}),
    "the same key twice": lambda sale: sale.model_copy(update={"license_keys": [sale.license_keys[0]] * 2}),
    "a negative price": lambda sale: sale.model_copy(update={"total_price": Decimal(-1)}),
    "another price": lambda sale: sale.model_copy(update={"price_per_item": Decimal("10.01")}),
    "a total that does not follow": lambda sale: sale.model_copy(update={"total_price": Decimal("19.98")}),
}


@pytest.mark.parametrize("name", WRONG_SALES)
def test_a_sale_that_was_not_ordered_is_parked(shop: Shop, name: str) -> None:
    shop.ccp.script = WRONG_SALES[name]
    answer = shop.order()
    assert answer.status_code == 202
    shown = shop.get(answer.headers["Location"]).json
    assert shown is not None
    assert shown["state"] == "PARKED"
    assert shown["reason"]
    assert shop.world.value("SELECT count(*) FROM outbox") == 0


def test_a_licence_key_sold_twice_is_parked(shop: Shop) -> None:
    shop.order()
    first = next(iter(shop.ccp.sales.values()))
    shop.ccp.script = lambda sale: sale.model_copy(update={"license_keys": first.license_keys})
    assert shop.order().json["state"] == "PARKED"  # type: ignore[index]


def test_a_method_that_is_not_offered_is_told_which_ones_are(shop: Shop) -> None:
    answer = shop.client.delete(ORDER)
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "POST" in answer.headers["Allow"]


def test_health_and_readiness_need_no_token(shop: Shop) -> None:
    assert shop.client.get("/healthz").status_code == 200
    assert shop.client.get("/readyz").status_code == 200
    assert shop.client.get("/nowhere").mimetype == "application/problem+json"

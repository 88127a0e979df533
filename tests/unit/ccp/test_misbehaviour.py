import json
import threading
from decimal import Decimal
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from local.ccp.catalogue import load_catalogue
from local.ccp.errors import KeyInFlightError
from local.ccp.faults import Ending, Plan, Switches
from local.ccp.ledger import Ledger
from local.ccp.orders import Claim, Order
from local.ccp.provider import Provider
from local.ccp.search import Criteria

HEADERS = {"Idempotency-Key": "order-1"}


def switch(client: FlaskClient, **switches: object) -> None:
    assert client.put("/simulator/faults", json=switches).status_code == 200


@pytest.mark.parametrize("status", [420, 429, 500, 503, 599])
def test_an_error_sells_nothing(client: FlaskClient, ledger: Ledger, order: dict[str, object], status: int) -> None:
    switch(client, errorRate=1, errorStatus=status, retryAfterSeconds=3)
    response = client.post("/create-order", json=order, headers=HEADERS)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.headers["Retry-After"] == "3"
    assert not ledger.select(Criteria(), limit=10).entries
    assert client.get("/services").status_code == status
    assert client.get("/healthz").status_code == 200


def test_a_partial_fill_answers_and_charges_fewer_items(client: FlaskClient, order: dict[str, object]) -> None:
    switch(client, partialFillRate=1, seed=3)
    answer = json.loads(client.post("/create-order", json=order).text, parse_float=Decimal)
    assert 1 <= answer["amount"] < 12
    assert len(answer["licenseKeys"]) == answer["amount"]
    assert answer["totalPrice"] <= answer["amount"] * answer["pricePerItem"]


def test_ignored_keys_charge_twice_and_the_ledger_shows_both(
    client: FlaskClient, ledger: Ledger, order: dict[str, object]
) -> None:
    switch(client, ignoreIdempotencyKeys=True)
    first, second = (client.post("/create-order", json=order, headers=HEADERS) for _ in range(2))
    assert first.data != second.data
    assert len(ledger.select(Criteria(idempotency_key="order-1"), limit=10).entries) == 2
    client.delete("/simulator/faults")
    assert client.post("/create-order", json=order, headers=HEADERS).data == first.data


def test_a_hung_sale_is_made_and_its_retry_is_answered(
    client: FlaskClient, ledger: Ledger, order: dict[str, object]
) -> None:
    switch(client, hangAfterAcceptRate=1, hangSeconds=0.01)
    assert client.post("/create-order", json=order, headers=HEADERS).status_code == 504
    retried = client.post("/create-order", json=order, headers=HEADERS)
    assert retried.status_code == 201
    assert [sale.answer for sale in ledger.select(Criteria(), limit=10).entries] == [retried.text]


def test_a_key_that_is_in_flight_is_refused_and_another_is_not(ledger: Ledger) -> None:
    provider = Provider(load_catalogue(), ledger)
    order = Order(service_id=next(iter(provider.catalogue)), amount=1, subscription_id=uuid4(), customer_id=uuid4())
    slow = Plan(Switches(latency_ms=300), refused=False, ending=Ending.ANSWER, fill=None)
    fast = Plan(Switches(), refused=False, ending=Ending.ANSWER, fill=None)
    thread = threading.Thread(target=provider.sell, args=(order, Claim(key="busy"), slow))
    thread.start()
    while "busy" not in provider._keys._held:
        thread.join(0.001)
    with pytest.raises(KeyInFlightError):
        provider.sell(order, Claim(key="busy"), fast)
    assert not provider.sell(order, Claim(key="free"), fast).replayed
    thread.join()
    assert provider.sell(order, Claim(key="busy"), fast).replayed

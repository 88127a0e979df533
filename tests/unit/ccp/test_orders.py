import json
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from local.ccp.catalogue import Product
from local.ccp.ledger import Ledger
from local.ccp.search import Criteria
from tests.unit.ccp.conftest import order_of


def test_an_order_is_answered_as_the_contract_says(client: FlaskClient, order: dict[str, object]) -> None:
    response = client.post("/create-order", json=order)
    assert (response.status_code, response.mimetype) == (201, "application/json")
    answer = json.loads(response.text)
    assert list(answer) == [
        "transactionId",
        "serviceItemId",
        "amount",
        "pricePerItem",
        "totalPrice",
        "discount",
        "licenseKeys",
        "timestamp",
    ]
    assert answer["serviceItemId"] == order["serviceId"]
    assert (answer["amount"], answer["discount"]) == (12, 5)
    assert len({key["key"] for key in answer["licenseKeys"]}) == len({key["id"] for key in answer["licenseKeys"]}) == 12
    assert '"pricePerItem": 5.60, "totalPrice": 63.84, ' in response.text
    assert response.headers["Location"] == f"/sales/{answer['transactionId']}"


def test_the_same_key_and_order_are_answered_byte_for_byte(
    client: FlaskClient, ledger: Ledger, order: dict[str, object]
) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = client.post("/create-order", json=order, headers=headers)
    second = client.post("/create-order", json=order, headers=headers)
    assert (second.status_code, second.data) == (first.status_code, first.data)
    assert (first.headers.get("Idempotency-Replayed"), second.headers.get("Idempotency-Replayed")) == (None, "true")
    assert len(ledger.select(Criteria(), limit=10).entries) == 1


def test_the_layout_of_the_body_does_not_make_another_order(client: FlaskClient, order: dict[str, object]) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = client.post("/create-order", json=order, headers=headers)
    other_layout = json.dumps(dict(reversed(order.items())), indent=2)
    second = client.post("/create-order", data=other_layout, content_type="application/json", headers=headers)
    assert second.data == first.data


def test_the_same_key_for_another_order_is_refused(
    client: FlaskClient, ledger: Ledger, order: dict[str, object]
) -> None:
    headers = {"Idempotency-Key": "order-1"}
    client.post("/create-order", json=order, headers=headers)
    refused = client.post("/create-order", json=order | {"amount": 13}, headers=headers)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert refused.json is not None
    assert refused.json["type"] == "/problems/idempotency-key-reused"
    assert len(ledger.select(Criteria(), limit=10).entries) == 1


def test_a_refused_order_does_not_use_up_its_key(client: FlaskClient, order: dict[str, object]) -> None:
    headers = {"Idempotency-Key": "order-1"}
    unknown = client.post("/create-order", json=order | {"serviceId": str(uuid4())}, headers=headers)
    assert unknown.status_code == 422
    assert unknown.json is not None
    assert unknown.json["type"] == "/problems/unknown-service"
    assert client.post("/create-order", json=order, headers=headers).status_code == 201


def test_without_a_key_every_call_is_a_sale(client: FlaskClient, ledger: Ledger, order: dict[str, object]) -> None:
    client.post("/create-order", json=order)
    client.post("/create-order", json=order)
    assert len(ledger.select(Criteria(), limit=10).entries) == 2


@pytest.mark.parametrize("amount", [0, -1, 10_001, 10**9, 10**400, 1.0, 1.5, "1", True, None, [1]])
def test_a_wrong_amount_is_refused(client: FlaskClient, ledger: Ledger, product: Product, amount: object) -> None:
    response = client.post("/create-order", json=order_of(product.id, amount))
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert response.json is not None
    assert response.json["errors"][0]["place"] == "/amount"
    assert not ledger.select(Criteria(), limit=10).entries


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{",
        b"[" * 100_000,
        b'{"amount": NaN}',
        b"\xff\xfe",
        b'{"serviceId": "x", "amount": 1}',
    ],
    ids=["empty", "null", "cut", "deep", "nan", "not-utf-8", "incomplete"],
)
def test_a_body_that_is_no_order_is_refused(client: FlaskClient, ledger: Ledger, body: bytes) -> None:
    response = client.post("/create-order", data=body, content_type="application/json")
    assert (response.status_code, response.mimetype) in {
        (400, "application/problem+json"),
        (413, "application/problem+json"),
    }
    assert not ledger.select(Criteria(), limit=10).entries


def test_unknown_and_misspelt_fields_are_refused(client: FlaskClient, order: dict[str, object]) -> None:
    assert client.post("/create-order", json=order | {"discount": 100}).status_code == 400
    misspelt = {"service_id" if name == "serviceId" else name: value for name, value in order.items()}
    assert client.post("/create-order", json=misspelt).status_code == 400


def test_only_json_of_a_sensible_size_is_read(client: FlaskClient, order: dict[str, object]) -> None:
    assert client.post("/create-order", data=json.dumps(order), content_type="text/plain").status_code == 400
    huge = json.dumps(order) + " " * 10_000_000
    assert client.post("/create-order", data=huge, content_type="application/json").status_code == 413


@pytest.mark.parametrize("key", ["", "k" * 256, "two words", "schl\xfcssel"])
def test_an_unusable_key_is_refused(client: FlaskClient, ledger: Ledger, order: dict[str, object], key: str) -> None:
    response = client.post("/create-order", json=order, headers={"Idempotency-Key": key})
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["errors"][0]["place"] == "Idempotency-Key"
    assert not ledger.select(Criteria(), limit=10).entries

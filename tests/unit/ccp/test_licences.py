"""Licences after their sale: given back, and made to run longer."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from local.ccp.errors import LicenseReturnedError
from local.ccp.ledger import Ledger
from local.ccp.pricing import CENT, TERM_DAYS, price, price_of_days

HEADERS = {"Idempotency-Key": "change-1", "Client-Reference": "ours"}
END = datetime.now(UTC).date() + timedelta(days=TERM_DAYS)
TWICE = [str(uuid4())] * 2
LATER = (END + timedelta(days=30)).isoformat()


@dataclass(frozen=True)
class Bought:
    """Twelve licences of one order, and whose they are."""

    owner: dict[str, object]
    ids: list[str]

    def body(self, count: int = 12, /, **more: object) -> dict[str, object]:
        """A change of some of them."""
        return {**self.owner, "licenseIds": self.ids[:count], **more}


@pytest.fixture
def bought(client: FlaskClient, order: dict[str, object]) -> Bought:
    answer = client.post("/create-order", json=order).json
    assert answer is not None
    owner = {name: order[name] for name in ("customerId", "subscriptionId", "serviceId")}
    return Bought(owner, [entry["id"] for entry in answer["licenseKeys"]])


def test_returned_licences_are_told_and_cannot_be_changed_again(client: FlaskClient, bought: Bought) -> None:
    response = client.post("/return-licenses", json=bought.body(3), headers=HEADERS)
    assert (response.status_code, response.mimetype) == (201, "application/json")
    answer = json.loads(response.text)
    assert list(answer) == ["transactionId", "licenseIds", "timestamp"]
    assert answer["licenseIds"] == bought.ids[:3]
    assert response.headers["Location"] == f"/changes/{answer['transactionId']}"
    for path, body in (("/return-licenses", bought.body()), ("/extend-licenses", bought.body(validTo=LATER))):
        refused = client.post(path, json=body)
        assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
        assert refused.json is not None
        assert refused.json["type"] == "/problems/license-returned"


def test_an_extension_charges_the_days_that_are_added(client: FlaskClient, bought: Bought) -> None:
    response = client.post("/extend-licenses", json=bought.body(1, validTo=LATER))
    answer = json.loads(response.text, parse_float=Decimal)
    names = ["transactionId", "licenseIds", "validTo", "pricePerItem", "totalPrice", "discount", "timestamp"]
    assert list(answer) == names
    assert (answer["validTo"], answer["discount"]) == (LATER, 0)
    assert answer["totalPrice"] == (answer["pricePerItem"] * 30 / TERM_DAYS).quantize(CENT)
    again = client.post("/extend-licenses", json=bought.body(validTo=LATER))
    rest = json.loads(again.text, parse_float=Decimal)
    assert rest["discount"] == 5
    assert rest["totalPrice"] == (rest["pricePerItem"] * 11 * 30 / TERM_DAYS * 95 / 100).quantize(CENT)


def test_a_licence_that_runs_longer_is_not_shortened(client: FlaskClient, ledger: Ledger, bought: Bought) -> None:
    answer = client.post("/extend-licenses", json=bought.body(validTo="2000-01-01"))
    assert '"totalPrice": 0.00' in answer.text
    with ledger.alone() as books:
        assert {licence.valid_to for licence in books.licences(bought.ids).values()} == {END.isoformat()}


@pytest.mark.parametrize(("path", "more"), [("/return-licenses", {}), ("/extend-licenses", {"validTo": LATER})])
class TestEveryChange:
    def test_is_made_once_for_its_key(
        self, client: FlaskClient, bought: Bought, path: str, more: dict[str, object]
    ) -> None:
        first, second = (client.post(path, json=bought.body(**more), headers=HEADERS) for _ in range(2))
        assert (second.status_code, second.data) == (201, first.data)
        assert (first.headers.get("Idempotency-Replayed"), second.headers["Idempotency-Replayed"]) == (None, "true")
        other = client.post(path, json=bought.body(1, **more), headers=HEADERS)
        assert other.status_code == 422
        assert other.json is not None
        assert other.json["type"] == "/problems/idempotency-key-reused"

    def test_is_found_by_its_names_with_the_very_answer(
        self, client: FlaskClient, bought: Bought, path: str, more: dict[str, object]
    ) -> None:
        made = client.post(path, json=bought.body(**more), headers=HEADERS)
        for query in ("reference=ours", "idempotencyKey=change-1", f"customerId={bought.owner['customerId']}"):
            response = client.get(f"/changes?{query}")
            assert f'"answer": {made.text}}}' in response.text
            assert response.json is not None
            [entry] = response.json["changes"]
            assert entry["request"] == bought.body(**more)
            assert entry["kind"] == {"/return-licenses": "RETURN", "/extend-licenses": "EXTENSION"}[path]
            assert client.get(made.headers["Location"]).json == entry
        assert client.get("/changes?reference=theirs").json == {"changes": [], "next": None}
        assert client.get("/sales?reference=ours").json == {"sales": [], "next": None}

    def test_is_refused_whole_for_one_licence_of_somebody_else(
        self, client: FlaskClient, bought: Bought, path: str, more: dict[str, object]
    ) -> None:
        strangers: list[dict[str, object]] = [
            {"licenseIds": [bought.ids[0], str(uuid4())]},
            {"customerId": str(uuid4())},
            {"subscriptionId": str(uuid4())},
            {"serviceId": "f3e17452-398d-4a53-b5ca-a4ab1958a78b"},
        ]
        for stranger in strangers:
            refused = client.post(path, json=bought.body() | more | stranger, headers=HEADERS)
            assert refused.status_code == 422
            assert refused.json is not None
            assert refused.json["type"] == "/problems/unknown-license"
        unknown = client.post(path, json=bought.body() | more | {"serviceId": str(uuid4())})
        assert unknown.json is not None
        assert unknown.json["type"] == "/problems/unknown-service"
        assert client.get("/changes").json == {"changes": [], "next": None}
        assert client.post(path, json=bought.body(**more), headers=HEADERS).status_code == 201

    def test_of_a_cancelled_sale_is_refused(
        self, client: FlaskClient, bought: Bought, path: str, more: dict[str, object]
    ) -> None:
        sales = client.get("/sales").json
        assert sales is not None
        client.post(f"/sales/{sales['sales'][0]['transactionId']}/cancel")
        assert client.post(path, json=bought.body(**more)).status_code == 422

    @pytest.mark.parametrize(
        "fault",
        [
            {"licenseIds": []},
            {"licenseIds": [str(uuid4())] * 2},
            {"licenseIds": ["x"]},
            {"amount": 1},
            {"customerId": 1},
        ],
    )
    def test_that_breaks_the_contract_is_refused(
        self, client: FlaskClient, bought: Bought, path: str, more: dict[str, object], fault: dict[str, object]
    ) -> None:
        response = client.post(path, json=bought.body() | more | fault)
        assert (response.status_code, response.mimetype) == (400, "application/problem+json")

    def test_meets_the_faults_of_a_sale(
        self, client: FlaskClient, bought: Bought, path: str, more: dict[str, object]
    ) -> None:
        client.put("/simulator/faults", json={"errorRate": 1, "errorStatus": 429, "retryAfterSeconds": 3})
        refused = client.post(path, json=bought.body(**more), headers=HEADERS)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
        client.put("/simulator/faults", json={"hangAfterAcceptRate": 1, "hangSeconds": 0.01})
        assert client.post(path, json=bought.body(**more), headers=HEADERS).status_code == 504
        client.put("/simulator/faults", json={"hideSales": True})
        assert client.get("/changes?reference=ours").status_code == 404
        client.delete("/simulator/faults")
        assert client.post(path, json=bought.body(**more), headers=HEADERS).headers["Idempotency-Replayed"] == "true"

    def test_may_be_made_in_part(self, client: FlaskClient, bought: Bought, path: str, more: dict[str, object]) -> None:
        client.put("/simulator/faults", json={"partialFillRate": 1, "seed": 3})
        answer = client.post(path, json=bought.body(**more), headers=HEADERS).json
        assert answer is not None
        assert 1 <= len(answer["licenseIds"]) < 12
        assert set(answer["licenseIds"]) < set(bought.ids)


def test_ignored_keys_have_a_return_refused_and_an_extension_made_twice(client: FlaskClient, bought: Bought) -> None:
    client.put("/simulator/faults", json={"ignoreIdempotencyKeys": True})
    extensions = [client.post("/extend-licenses", json=bought.body(validTo=LATER), headers=HEADERS) for _ in range(2)]
    assert [answer.json["totalPrice"] > 0 for answer in extensions if answer.json] == [True, False]
    answers = [client.post("/return-licenses", json=bought.body(), headers=HEADERS).status_code for _ in range(2)]
    assert answers == [201, 422]
    changes = client.get("/changes").json
    assert changes is not None
    assert [entry["kind"] for entry in changes["changes"]] == ["EXTENSION", "EXTENSION", "RETURN"]


def test_a_change_is_whole_or_not_at_all_and_outlives_its_process(
    tmp_path: Path, client: FlaskClient, ledger: Ledger, bought: Bought
) -> None:
    ids = bought.ids
    with suppress(LicenseReturnedError), ledger.alone() as books:
        books.give_back(ids, "2026-11-22T12:00:00.000Z")
        raise LicenseReturnedError("somebody was faster")
    assert client.post("/return-licenses", json=bought.body(2)).status_code == 201
    again = Ledger(tmp_path / "sales.sqlite3")
    with again.alone() as books:
        returned = [licence.id for licence in books.licences(ids).values() if licence.returned_at]
    assert sorted(returned) == sorted(ids[:2])
    again.close()


@given(st.decimals("0.01", "9999.99", places=2), st.lists(st.integers(0, 4000), min_size=1, max_size=60))
def test_days_cost_their_share_of_the_term(unit_price: Decimal, days: list[int]) -> None:
    found = price_of_days(unit_price, days)
    exact = unit_price * sum(days) / TERM_DAYS * (100 - found.discount) / 100
    assert abs(found.total - exact) <= CENT / 2 + Decimal("1e-12")
    assert price_of_days(unit_price, [TERM_DAYS] * len(days)) == price(unit_price, len(days))


def test_an_extension_needs_a_day(client: FlaskClient, bought: Bought) -> None:
    for end in ("2027-02-30", "tomorrow", 20270101, None, "2027-01-01T00:00:00Z"):
        assert client.post("/extend-licenses", json=bought.body(validTo=end)).status_code == 400
    assert date.fromisoformat(LATER) > END

import json
import sqlite3
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from local.ccp.ledger import Ledger
from local.ccp.schema import LedgerError
from tests.unit.ccp.conftest import CUSTOMER

OTHER_CUSTOMER = "11111111-2222-4333-8444-555555555555"


def sell(client: FlaskClient, order: dict[str, object], *, key: str, reference: str) -> str:
    response = client.post("/create-order", json=order, headers={"Idempotency-Key": key, "Client-Reference": reference})
    return response.text


def test_a_sale_is_found_by_its_names_with_the_very_answer(client: FlaskClient, order: dict[str, object]) -> None:
    answer = sell(client, order, key="key-1", reference="order-1")
    sell(client, order | {"customerId": OTHER_CUSTOMER}, key="key-2", reference="order-2")
    for query in ("reference=order-1", "idempotencyKey=key-1", f"customerId={CUSTOMER.upper()}"):
        response = client.get(f"/sales?{query}")
        assert f'"answer": {answer}}}' in response.text
        assert response.json is not None
        assert [sale["reference"] for sale in response.json["sales"]] == ["order-1"]
        assert response.json["sales"][0]["order"] == order
    assert client.get("/sales?reference=order-1&idempotencyKey=key-2").json == {"sales": [], "next": None}


def test_a_sale_is_found_by_its_transaction(client: FlaskClient, order: dict[str, object]) -> None:
    location = client.post("/create-order", json=order).headers["Location"]
    sale = client.get(location).json
    assert sale is not None
    assert sale["transactionId"] == sale["answer"]["transactionId"] == location.removeprefix("/sales/")
    assert client.get(f"/sales/{OTHER_CUSTOMER}").status_code == 404


def test_pages_hold_every_sale_once_and_in_order(client: FlaskClient, order: dict[str, object]) -> None:
    for number in range(7):
        sell(client, order, key=f"key-{number}", reference=str(number))
    seen: list[str] = []
    cursor: int | None = 0
    while cursor is not None:
        page = client.get(f"/sales?limit=3&cursor={cursor}").json
        assert page is not None
        seen += [sale["reference"] for sale in page["sales"]]
        cursor = page["next"]
    assert seen == [str(number) for number in range(7)]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "cursor=-1", "customerId=x", "customer=1", f"cursor={2**63}"]
)
def test_a_wrong_filter_is_refused_not_ignored(client: FlaskClient, query: str) -> None:
    assert client.get(f"/sales?{query}").status_code == 400


def test_a_cancelled_sale_stays_in_the_ledger_and_its_key_keeps_its_answer(
    client: FlaskClient, order: dict[str, object]
) -> None:
    answer = sell(client, order, key="key-1", reference="order-1")
    path = f"/sales/{json.loads(answer)['transactionId']}"
    shown = client.get(path).json
    assert shown is not None
    assert shown["cancelledAt"] is None
    first, second = client.post(f"{path}/cancel"), client.post(f"{path}/cancel")
    assert first.status_code == second.status_code == 200
    assert first.json is not None
    assert first.json == second.json == shown | {"cancelledAt": first.json["cancelledAt"]}
    assert client.get("/sales?reference=order-1").json == {"sales": [first.json], "next": None}
    assert sell(client, order, key="key-1", reference="order-1") == answer
    assert client.post(f"/sales/{OTHER_CUSTOMER}/cancel").status_code == 404


def test_a_cancellation_outlives_its_process_and_faults_strike_it(
    tmp_path: Path, client: FlaskClient, order: dict[str, object]
) -> None:
    path = client.post("/create-order", json=order).headers["Location"]
    client.put("/simulator/faults", json={"errorRate": 1})
    assert client.post(f"{path}/cancel").status_code == 503
    client.delete("/simulator/faults")
    client.post(f"{path}/cancel")
    again = Ledger(tmp_path / "sales.sqlite3")
    found = again.find(path.removeprefix("/sales/"))
    assert found is not None
    assert found.cancelled_at is not None
    again.close()


@pytest.mark.parametrize("version", [1, 2])
def test_a_ledger_of_an_earlier_version_is_kept_and_its_sales_can_be_cancelled_and_its_licences_changed(
    tmp_path: Path, client: FlaskClient, order: dict[str, object], version: int
) -> None:
    answer = client.post("/create-order", json=order).json
    assert answer is not None
    transaction = answer["transactionId"]
    with sqlite3.connect(tmp_path / "sales.sqlite3") as connection:
        connection.executescript("DROP TABLE license; DROP TABLE change;")
        if version == 1:
            connection.execute("ALTER TABLE sale DROP COLUMN cancelled_at")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    ids = [entry["id"] for entry in answer["licenseKeys"]]
    for _ in range(2):
        ledger = Ledger(tmp_path / "sales.sqlite3")
        with ledger.alone() as books:
            assert set(books.licences(ids)) == set(ids)
        ledger.close()
    ledger = Ledger(tmp_path / "sales.sqlite3")
    ledger.cancel(transaction, "2026-11-22T12:00:00.000Z")
    found = ledger.find(transaction)
    assert found is not None
    assert found.cancelled_at == "2026-11-22T12:00:00.000Z"
    ledger.close()


def test_the_ledger_outlives_its_process(tmp_path: Path, client: FlaskClient, order: dict[str, object]) -> None:
    sell(client, order, key="key-1", reference="order-1")
    again = Ledger(tmp_path / "sales.sqlite3")
    assert again.first_with_key("key-1") is not None
    again.close()


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database " * 100)
    with pytest.raises(LedgerError, match=r"notes\.txt"):
        Ledger(text)
    newer = tmp_path / "newer.sqlite3"
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(LedgerError, match="version 9"):
        Ledger(newer)

"""An operator has an invoice credited: asked for once, told first, and refused when it is more than is left."""

import json
from typing import Any

import pytest

from services.common.pipeline.queues import Message
from tests.support.desk import Desk

PRINTED = "One licence was cancelled"


@pytest.fixture
def order(desk: Desk) -> str:
    """A finished order of two pieces."""
    return desk.pipeline.run().rpartition("/")[2]


def body(position: int = 1, quantity: int = 1, invoice: str = "EU-000001") -> dict[str, Any]:
    return {
        "invoice": invoice,
        "printedReason": PRINTED,
        "quantities": [{"position": position, "quantity": quantity}],
    }


def run_on(desk: Desk) -> None:
    for queue in ("invoice", "document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)


def test_a_credit_note_is_issued_printed_and_mailed_once(desk: Desk, order: str) -> None:
    path = f"/orders/{order}/credit-notes"
    assert desk.told(path, **body())["left"] == {"1": 2}
    assert desk.pipeline.relay() == 0
    first = desk.post(path, "k1", dryRun=False, reason="customer called", **body())
    again = desk.post(path, "k1", dryRun=False, reason="customer called", **body())
    assert (first.status_code, again.data) == (200, first.data)
    run_on(desk)
    assert [str(mail["Subject"]).split(" from ")[0] for mail, _, _ in desk.pipeline.outbound.accepted] == [
        "Invoice EU-000001",
        "Credit note EUC-000001",
    ]
    assert f"Reason: {PRINTED}" in desk.pipeline.outbound.accepted[-1][0].as_string()
    assert desk.pipeline.state() == "EMAILED"
    assert desk.told(path, **body())["left"] == {"1": 1}
    assert desk.audited() == [
        ("credit", "credit", True, None),
        ("credit", "credit", False, "customer called"),
        ("credit", "credit", True, None),
    ]
    history = [entry["state"] for entry in desk.get(f"/orders/{order}")["history"]]
    assert history[-2:] == ["CREDIT_ASKED", "CREDITED"]
    shown = desk.pipeline.shop.get(f"/orders/{order}").text
    assert "customer called" not in shown


def test_all_that_is_left_needs_no_quantities(desk: Desk, order: str) -> None:
    path = f"/orders/{order}/credit-notes"
    desk.do(path, "k1", invoice="EU-000001", printedReason=PRINTED)
    run_on(desk)
    assert desk.world.value("SELECT n.amount = i.amount FROM invoice n JOIN invoice i ON i.id = n.corrects_id")
    answer = desk.post(path, "k2", dryRun=False, reason="again", invoice="EU-000001", printedReason=PRINTED)
    assert (answer.status_code, b"nothing of EU-000001 is left" in answer.data) == (409, True)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [(body(quantity=3), "line 1 of EU-000001 has 2 left"), (body(position=2), "line 2 of EU-000001 has 0 left")],
)
def test_more_than_is_left_is_refused_and_audited(desk: Desk, order: str, wanted: dict[str, Any], why: str) -> None:
    path = f"/orders/{order}/credit-notes"
    assert desk.told(path, **wanted)["detail"] == why
    answer = desk.post(path, "k1", dryRun=False, reason="mistaken", **wanted)
    assert (answer.status_code, why in str(answer.json)) == (409, True)
    assert desk.pipeline.relay() == 0
    assert desk.audited()[-1] == ("credit", "refused", False, "mistaken")


def test_two_requests_on_their_way_do_not_take_back_more_than_there_is(desk: Desk, order: str) -> None:
    path = f"/orders/{order}/credit-notes"
    for key in ("k1", "k2"):
        desk.do(path, key, **body(quantity=2))
    desk.pipeline.relay()
    rows = desk.world.admin.execute("SELECT path FROM outbox WHERE queue = 'invoice' ORDER BY id").fetchall()
    for row in rows[1:]:
        desk.pipeline.consumers["invoice"].take(Message(json.dumps({"path": row[0]}), "receipt", 1))
    assert desk.world.value("SELECT count(*) FROM invoice WHERE kind = 'CREDIT_NOTE'") == 1
    told = desk.world.value("SELECT detail FROM order_event WHERE stage = 'CREDIT_REFUSED'")
    assert told == "2 of line 1 of invoice EU-000001 cannot be credited: 0 are left"
    assert desk.pipeline.state() == "EMAILED"


def test_what_cannot_be_asked(desk: Desk, order: str) -> None:
    path = f"/orders/{order}/credit-notes"
    twice = body() | {"quantities": [{"position": 1, "quantity": 1}] * 2}
    hidden = body() | {"printedReason": "a\u202eb"}
    for wanted in (twice, hidden, body(quantity=0), body(invoice="eu-1"), {"invoice": "EU-000001"}):
        assert desk.post(path, **wanted).status_code == 400
    assert desk.post(path, dryRun=False, reason="no key", **body()).status_code == 400
    assert desk.post(path, **body(invoice="EU-000009")).status_code == 404
    assert desk.audited() == []

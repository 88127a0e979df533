"""Support sends a document's mail again: a new mail with actor and reason, under a ledger key of its own."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from local.machine.postgres import Postgres
from services.common.database import Database
from services.common.errors import Park
from services.email.events import EventRecorder
from services.invoice.crediting import issue
from tests.integration.conftest import Aws, World
from tests.support import postgres
from tests.support.bounces import bounce, told
from tests.support.credit_requests import wish
from tests.support.desk import OPERATOR, Desk, headers, lose


@pytest.fixture
def desk(world: World, aws: Aws) -> Desk:
    return Desk(world, aws)


@pytest.fixture
def order(desk: Desk) -> str:
    """A finished order."""
    return desk.pipeline.run().rpartition("/")[2]


def send(desk: Desk, order: str, key: str = "k1", **body: object) -> Any:
    return desk.do(f"/orders/{order}/resend", key, **body)


def titles(desk: Desk) -> list[str]:
    return [str(message["Subject"]) for message, _, _ in desk.pipeline.outbound.accepted]


def attachments(desk: Desk) -> list[bytes]:
    return [next(message.iter_attachments()).get_content() for message, _, _ in desk.pipeline.outbound.accepted]


def test_a_mail_is_sent_again_under_a_key_of_its_own(desk: Desk, order: str) -> None:
    rehearsed = desk.told(f"/orders/{order}/resend")
    assert (rehearsed["effect"], rehearsed["document"], rehearsed["number"]) == ("resend", "EU-000001", 2)
    assert desk.pipeline.relay() == 0
    assert send(desk, order)["number"] == 2
    desk.finish()
    first, second = titles(desk)
    assert second == f"{first} (2)"
    assert len(set(attachments(desk))) == 1
    assert desk.world.value("SELECT count(*) FROM email_ledger WHERE state = 'SENT'") == 2
    assert desk.world.value("SELECT count(*) FROM invoice") == 1
    assert desk.pipeline.state() == "EMAILED"
    assert desk.audited() == [("resend", "resend", True, None), ("resend", "resend", False, "fixed")]
    shown = desk.get(f"/orders/{order}")
    assert [(one["number"], one["sentAgainBy"], one["sentAgainBecause"]) for one in shown["mails"]] == [
        (1, None, None),
        (2, str(OPERATOR), "fixed"),
    ]
    told_of = shown["history"][-1]
    assert (told_of["state"], told_of["actor"]) == ("SENT_AGAIN", f"operator {OPERATOR}")
    seen = desk.pipeline.shop.get(f"/orders/{order}").json
    assert seen is not None
    assert (seen["stages"][-1]["stage"], seen["stages"][-1]["detail"]) == ("SENT_AGAIN", None)
    assert send(desk, order, "k2")["number"] == 3


def test_the_same_request_again_is_no_further_mail(desk: Desk, order: str) -> None:
    assert send(desk, order) == send(desk, order)
    desk.finish()
    assert send(desk, order)["number"] == 2
    assert desk.pipeline.relay() == 0
    assert len(titles(desk)) == 2


def test_a_real_run_needs_a_key_and_a_reason(desk: Desk, order: str) -> None:
    without_key = desk.post(f"/orders/{order}/resend", dryRun=False, reason="x")
    assert (without_key.status_code, "Idempotency-Key" in without_key.text) == (400, True)
    assert desk.post(f"/orders/{order}/resend", "k1", dryRun=False).status_code == 400
    assert desk.pipeline.relay() == 0


def test_delivered_many_times_it_is_one_mail(desk: Desk, order: str) -> None:
    send(desk, order)
    desk.pipeline.relay()
    desk.pipeline.take("email", times=3)
    desk.do(f"/orders/{order}/restart", stage="email")
    desk.pipeline.relay()
    desk.pipeline.take("email", times=3)
    assert len(titles(desk)) == 2


def test_two_at_once_are_one_mail_and_one_refusal(desk: Desk, order: str, server: Postgres) -> None:
    databases = [Database(postgres.settings_of(server), size=2) for _ in range(2)]
    apps = [desk.app(database) for database in databases]

    def ask(given: tuple[int, FlaskClient]) -> int:
        place, app = given
        sent = headers() | {"Idempotency-Key": f"k{place}"}
        body = {"dryRun": False, "reason": "asked for"}
        return app.post(f"/operations/orders/{order}/resend", json=body, headers=sent).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, enumerate(apps))) == [200, 409]
    for database in databases:
        database.close()
    desk.finish()
    assert len(titles(desk)) == 2
    assert sorted(str(effect) for _, effect, _, _ in desk.audited()) == ["refused", "resend"]


def test_it_goes_to_the_customer_s_present_address(desk: Desk, order: str) -> None:
    desk.world.admin.execute("UPDATE customer SET email = 'books@liffey.example' WHERE country = 'IE'")
    assert send(desk, order)["detail"].endswith("to the customer's new address")
    desk.finish()
    assert [recipient for _, recipient, _ in desk.pipeline.outbound.accepted][1] == "books@liffey.example"


def refused(desk: Desk, order: str, **body: object) -> str:
    before = len(desk.audited())
    answer = desk.post(f"/orders/{order}/resend", "refused", dryRun=False, reason="asked for", **body)
    assert (answer.status_code, answer.json["type"].rpartition("/")[2]) == (409, "not-possible")  # type: ignore[index]
    assert desk.audited()[before:] == [("resend", "refused", False, "asked for")]
    assert desk.pipeline.relay() == 0
    return str(answer.json["detail"])  # type: ignore[index]


def test_what_is_in_the_way_is_told(desk: Desk, order: str) -> None:
    parked = desk.park()
    assert "restart the order from the stage 'email'" in refused(desk, parked)
    path = str(desk.world.value("SELECT document_path FROM invoice WHERE order_id = %s", order))
    kept = desk.aws.payloads.get(path, path.rpartition("-")[2].removesuffix(".pdf"))
    lose(path)
    assert "restart the stage 'document'" in refused(desk, order)
    desk.aws.payloads.rewrite(path, kept, "application/pdf")
    address = desk.world.customer("liffey").email
    EventRecorder(desk.world.database).take(told(desk.pipeline, "Bounce", bounce(address)))
    assert "bounced for good" in refused(desk, order)
    assert desk.post(f"/orders/{order}/resend", document="EU-000009").status_code == 404


def replace_address(desk: Desk, address: str) -> None:
    desk.world.admin.execute("UPDATE customer SET email = %s WHERE country = 'IE'", (address,))


def recipients(desk: Desk) -> list[str]:
    return [recipient for _, recipient, _ in desk.pipeline.outbound.accepted]


def test_a_mail_that_failed_at_its_address_is_replaced_and_the_new_one_finishes_the_order(desk: Desk) -> None:
    order = desk.park("SES refuses the mail: MessageRejected: no")
    replace_address(desk, "books@liffey.example")
    assert "instead of the one that failed" in desk.told(f"/orders/{order}/resend")["detail"]
    assert desk.pipeline.state() == "PARKED"
    assert send(desk, order)["number"] == 2
    assert desk.pipeline.state() == "DOCUMENTED"
    desk.do(f"/orders/{order}/restart")
    while desk.pipeline.relay():
        desk.pipeline.take("email", times=2)
    assert recipients(desk) == ["books@liffey.example"]
    assert desk.pipeline.state() == "EMAILED"
    shown = desk.get(f"/orders/{order}")
    assert [stage["status"] for stage in shown["stages"]] == ["done", "done", "replaced", "done"]
    assert [(mail["number"], mail["state"]) for mail in shown["mails"]] == [(1, "FAILED"), (2, "SENT")]
    assert ("resend", "resend", False, "fixed") in desk.audited()
    assert {one["kind"] for one in desk.get("/payloads/expiring", days="30")["payloads"]} == set()
    desk.do(f"/orders/{order}/restart", stage="email")
    assert desk.pipeline.relay() == 1
    desk.pipeline.take("email")
    assert recipients(desk) == ["books@liffey.example"]
    assert send(desk, order, "k2")["number"] == 3
    desk.finish()
    assert titles(desk)[1].endswith(" (3)")
    assert desk.pipeline.state() == "EMAILED"


def test_a_replacement_that_fails_is_replaced_in_its_turn(desk: Desk) -> None:
    """Its address is found unfit before the ledger knows of it."""
    order = desk.park()
    replace_address(desk, "no,body@liffey.example")
    send(desk, order, "k1")
    desk.finish()
    assert desk.pipeline.state() == "PARKED"
    assert desk.world.value("SELECT count(*) FROM email_ledger") == 1
    [waiting] = desk.get("/orders", state="PARKED")["orders"]
    assert waiting["stage"] == "email"
    assert "restart the order from the stage 'email'" in refused(desk, order)
    replace_address(desk, "books@liffey.example")
    send(desk, order, "k2")
    desk.finish()
    assert recipients(desk) == ["books@liffey.example"]
    assert titles(desk)[0] == "Invoice EU-000001 from Cloud Sales Europe Ltd (3)"
    assert desk.pipeline.state() == "EMAILED"


def test_a_mail_that_a_restart_has_taken_up_again_is_not_replaced(desk: Desk) -> None:
    order = desk.park()
    replace_address(desk, "books@liffey.example")
    desk.do(f"/orders/{order}/restart")
    answer = desk.post(f"/orders/{order}/resend", "k1", dryRun=False, reason="asked for")
    assert answer.status_code == 409
    desk.finish()
    assert len(titles(desk)) == 1
    assert desk.pipeline.state() == "EMAILED"


def test_a_failed_replacement_does_not_end_the_order_by_a_credit_note_s_mail(desk: Desk) -> None:
    order = desk.park()
    with desk.world.database.transaction() as connection:
        issue(connection, wish(desk.world, None))
    for queue in ("document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    assert len(titles(desk)) == 1
    replace_address(desk, "books@liffey.example")
    send(desk, order)
    desk.pipeline.outbound.script = Park("not today")
    desk.finish()
    desk.pipeline.outbound.script = None
    assert desk.pipeline.state() == "PARKED"
    desk.do(f"/orders/{order}/restart")
    assert desk.pipeline.state() == "DOCUMENTED"
    desk.finish()
    assert desk.pipeline.state() == "EMAILED"


def test_a_credit_note_is_sent_again_by_its_number(desk: Desk, order: str) -> None:
    with desk.world.database.transaction() as connection:
        issue(connection, wish(desk.world, None))
    for queue in ("document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    assert send(desk, order, document="EUC-000001")["number"] == 2
    desk.finish()
    assert titles(desk)[2] == f"{titles(desk)[1]} (2)"
    shown = desk.get(f"/orders/{order}")
    assert [(one["kind"], one["number"], one["corrects"], one["revision"]) for one in shown["documents"]] == [
        ("INVOICE", "EU-000001", None, 1),
        ("CREDIT_NOTE", "EUC-000001", "EU-000001", 2),
    ]
    assert [(one["document"], one["number"]) for one in shown["mails"]] == [
        ("EU-000001", 1),
        ("EUC-000001", 1),
        ("EUC-000001", 2),
    ]
    assert shown["state"] == "EMAILED"

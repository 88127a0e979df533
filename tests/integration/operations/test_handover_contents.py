"""What a hand-over note finds: everything that waits, nothing that is done, no word that operators are not shown."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from local.machine.postgres import CONTROLLER, Postgres
from services.common.pipeline.queues import Message
from services.orchestrator.handover.noting import Noting
from tests.integration.conftest import Aws, World
from tests.support.desk import Desk
from tests.support.pair import Control

SECRET = "the words of a customer to support"
_CASE = """
    INSERT INTO support_case (id, customer_id, opened_by, subject, status, priority, assignee, created_at)
    SELECT gen_random_uuid(), u.customer_id, u.id, %s, %s, %s, %s, now() - make_interval(hours => %s)
    FROM app_user u WHERE u.customer_id = %s LIMIT 1
"""
_CHANGE = """
    INSERT INTO licence_change (id, customer_id, subscription_item_id, kind, state, reason, license_ids,
        quantity_before, quantity_after, effective_on)
    SELECT gen_random_uuid(), o.customer_id, o.subscription_item_id, 'RETURN', %s, %s, ARRAY[gen_random_uuid()], 3, 2,
        current_date
    FROM sales_order o WHERE o.id = %s
"""
_DISCREPANCY = """
    INSERT INTO ccp_discrepancy (transaction_id, kind, refusal, cancelled_at)
    VALUES (gen_random_uuid(), %s, %s, CASE WHEN %s THEN now() END)
"""


@pytest.fixture
def desk(world: World, aws: Aws) -> Desk:
    return Desk(world, aws)


@pytest.fixture
def control(server: Postgres) -> Iterator[Control]:
    with server.connect(CONTROLLER) as connection:
        yield Control(connection)


def noted(desk: Desk, control: Control) -> Any:
    """The note that is made now, as it is shown."""
    control.begin()
    epoch = Noting(desk.world.database, desk.letters(), "apac", "operations@cloud-sales.example").make()
    return desk.get(f"/handovers/{epoch}")


def test_in_a_quiet_hour_there_is_nothing_to_tell(desk: Desk, control: Control) -> None:
    desk.pipeline.run()
    note = noted(desk, control)
    assert set(note["numbers"].values()) == {0}
    assert [name for name, value in note.items() if value == []] == [
        "parked", "unfinished", "cases", "casesForUs", "changes", "discrepancies", "unmailed",
    ]  # fmt: skip


def test_orders_that_wait_are_told_the_oldest_first(desk: Desk, control: Control) -> None:
    parked = [desk.park("the mailbox is full"), desk.park("no such mailbox")]
    running = [desk.order(), desk.order()]
    note = noted(desk, control)
    assert [order["id"] for order in note["parked"]] == parked
    first = note["parked"][0]
    assert (first["customer"], first["reason"]) == (desk.world.customer("liffey").company, "the mailbox is full")
    assert first["since"] == event_of(desk, parked[0])
    [state] = note["unfinished"]
    assert (state["state"], state["count"], state["oldest"]) == ("CONFIRMED", 2, running[0])
    assert (note["numbers"]["parkedOrders"], note["numbers"]["unfinishedOrders"]) == (2, 2)


def event_of(desk: Desk, order_id: str) -> str:
    history = desk.get(f"/orders/{order_id}")["history"]
    [at] = [line["at"] for line in history if line["state"] == "PARKED"]
    return str(at)


def test_of_many_parked_orders_all_are_counted_and_ten_named(desk: Desk, control: Control) -> None:
    for _ in range(11):
        desk.order()
    desk.world.admin.execute("UPDATE sales_order SET state = 'PARKED', reason = 'a test'")
    note = noted(desk, control)
    assert (note["numbers"]["parkedOrders"], len(note["parked"])) == (11, 10)


def test_the_region_s_dead_letters_are_told_with_their_age(desk: Desk, control: Control) -> None:
    desk.bury("email", "one", "two")
    desk.bury("invoice", "three")
    note = noted(desk, control)
    assert note["numbers"]["deadLetters"] == 3
    told = {queue["queue"]: (queue["waiting"], queue["oldestSentAt"]) for queue in note["deadLetterQueues"]}
    assert {name: waiting for name, (waiting, _) in told.items()} == {
        "invoice": 1, "document": 0, "email": 2, "mail-events": 0, "inbound-mail": 0,
    }  # fmt: skip
    shown = {queue["queue"]: queue["messages"] for queue in desk.get("/dead-letters")["queues"]}
    assert told["email"][1] == min(letter["sentAt"] for letter in shown["email"])
    assert told["document"][1] is None
    assert desk.buried("email") == 2


def test_cases_are_counted_and_those_that_wait_for_us_are_named_without_their_subject(
    desk: Desk, control: Control
) -> None:
    mine = desk.world.customer("liffey").id
    for status, priority, assignee, hours in (
        ("OPEN", "NORMAL", None, 9),
        ("WAITING_FOR_SUPPORT", "URGENT", uuid4(), 1),
        ("WAITING_FOR_CUSTOMER", "HIGH", None, 5),
        ("RESOLVED", "URGENT", None, 5),
        ("CLOSED", "URGENT", None, 5),
    ):
        desk.world.admin.execute(_CASE, (SECRET, status, priority, assignee, hours, mine))
    note = noted(desk, control)
    assert [(case["priority"], case["status"], case["assigned"]) for case in note["casesForUs"]] == [
        ("URGENT", "WAITING_FOR_SUPPORT", True),
        ("NORMAL", "OPEN", False),
    ]
    assert (note["numbers"]["waitingCases"], note["numbers"]["openCases"]) == (2, 3)
    assert SECRET not in json.dumps(note)
    assert SECRET not in str(desk.world.value("SELECT body FROM outbox"))


def test_changes_of_licences_and_sales_that_do_not_fit_are_told(desk: Desk, control: Control) -> None:
    order = desk.order()
    for state, reason in (("PARKED", "nobody knows it"), ("RESERVED", None), ("FINISHED", None), ("REFUSED", "no")):
        desk.world.admin.execute(_CHANGE, (state, reason, order))
    for kind, refusal, cancelled in (
        ("ORPHAN", None, False), ("DOUBLE", "it is too late", False), ("DOUBLE", None, True), ("MATCHED", None, False),
    ):  # fmt: skip
        desk.world.admin.execute(_DISCREPANCY, (kind, refusal, cancelled))
    note = noted(desk, control)
    assert [(change["kind"], change["reason"]) for change in note["changes"]] == [("RETURN", "nobody knows it")]
    assert (note["numbers"]["parkedChanges"], note["numbers"]["waitingChanges"]) == (1, 2)
    assert sorted((sale["kind"], sale["refusal"]) for sale in note["discrepancies"]) == [
        ("DOUBLE", "it is too late"),
        ("ORPHAN", None),
    ]
    assert note["numbers"]["discrepancies"] == 2


def test_a_document_whose_mail_does_not_go_out_is_told_and_one_that_is_on_its_way_is_not(
    desk: Desk, control: Control
) -> None:
    order = desk.park()
    assert noted(desk, control)["numbers"]["unmailedDocuments"] == 0
    desk.world.admin.execute("UPDATE invoice SET generated_at = now() - interval '1 hour'")
    [document] = noted(desk, control)["unmailed"]
    assert (document["orderId"], document["number"]) == (order, "EU-000001")
    desk.do(f"/orders/{order}/restart")
    desk.pipeline.relay()
    desk.pipeline.consumers["email"].take(Message(desk.message("email"), "receipt", 1))
    assert desk.pipeline.state() == "EMAILED"
    assert noted(desk, control)["unmailed"] == []


def test_no_licence_key_and_no_address_stands_in_the_mail(desk: Desk, control: Control) -> None:
    desk.park()
    noted(desk, control)
    body = str(desk.world.value("SELECT body::json ->> 'body' FROM outbox ORDER BY id DESC LIMIT 1"))
    addresses = [customer.email for customer in desk.world.customers]
    assert [address for address in addresses if address in body] == []
    assert "@" not in body

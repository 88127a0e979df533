"""Many orders at once: lists that page, bulk restarts that go on where the last one stopped, several operators."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from local.machine.postgres import Postgres
from services.common.database import Database
from services.orchestrator import facts, restarts, stages
from tests.support import postgres
from tests.support.desk import Desk, headers


def test_many_are_restarted_at_a_pace_and_only_once_by_two_at_once(desk: Desk, server: Postgres) -> None:
    parked = {desk.park("the mailbox is full") for _ in range(5)}
    desk.pipeline.run()
    wanted = {"state": "PARKED", "reason": "mailbox"}
    rehearsed = desk.told("/restarts", filter=wanted)
    assert {one["orderId"] for one in rehearsed["orders"]} == parked
    assert desk.world.value("SELECT count(*) FROM sales_order WHERE state = 'PARKED'") == 5
    body = {"filter": wanted, "dryRun": False, "reason": "fixed", "perMinute": 6}
    databases = [Database(postgres.settings_of(server), size=2) for _ in range(2)]
    apps = [desk.app(database) for database in databases]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda app: app.post("/operations/restarts", json=body, headers=headers()), apps))
    for database in databases:
        database.close()
    restarted = [one["orderId"] for answer in answers for one in json.loads(answer.text)["orders"]]
    assert sorted(restarted) == sorted(parked)
    assert desk.world.value("SELECT count(*) FROM sales_order WHERE state = 'DOCUMENTED'") == 5
    assert desk.world.value("SELECT count(*) FROM operator_action WHERE NOT dry_run AND order_id IS NOT NULL") == 5
    spread = "SELECT round(extract(epoch FROM max(due_at) - min(due_at))) FROM outbox WHERE consumed_at IS NULL"
    assert 10 <= int(str(desk.world.value(spread))) <= 40


def test_a_bulk_restart_says_that_there_are_more(desk: Desk) -> None:
    for _ in range(3):
        desk.park()
    wanted = {"state": "PARKED"}
    told = [desk.do("/restarts", filter=wanted, limit=2) for _ in range(2)]
    assert [(len(list(one["orders"])), one["left"], one["next"] is None) for one in told] == [
        (2, 1, False),
        (1, 0, True),
    ]


def test_orders_that_cannot_go_on_do_not_keep_a_bulk_restart_from_the_others(desk: Desk) -> None:
    refused = [desk.park() for _ in range(3)]
    desk.world.admin.execute("UPDATE outbox SET body = body || ' ' WHERE queue = 'email'")
    others = [desk.park() for _ in range(2)]
    reached: list[tuple[str, str]] = []
    cursor = None
    for _ in range(3):
        told = desk.do("/restarts", filter={"state": "PARKED"}, limit=2, cursor=cursor)
        reached += [(one["orderId"], one["effect"]) for one in told["orders"]]
        cursor = told["next"]
    assert cursor is None
    assert sorted(reached) == sorted([(one, "refused") for one in refused] + [(one, "restart") for one in others])
    assert sorted(str(effect) for _, effect, _, _ in desk.audited()) == ["refused"] * 3 + ["restart"] * 2


def test_the_pace_holds_from_one_request_to_the_next(desk: Desk) -> None:
    for _ in range(4):
        desk.park()
    cursor = None
    for _ in range(2):
        told = desk.do("/restarts", filter={"state": "PARKED"}, limit=2, perMinute=6, cursor=cursor)
        cursor = told["next"]
    seconds = "array_agg(extract(epoch FROM due_at - now())::int ORDER BY due_at)"
    due = desk.world.value(f"SELECT {seconds} FROM outbox WHERE consumed_at IS NULL")
    assert isinstance(due, list)
    assert [later - earlier for earlier, later in pairwise(due)] == pytest.approx([10] * 3, abs=2)


def test_what_does_not_fit_into_a_request_is_left_to_the_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API Gateway waits 29 s: a slow S3 must not make it give up on a request that goes on behind its back."""
    parked = {desk.park() for _ in range(3)}
    monkeypatch.setattr(restarts, "SURVEY_SECONDS", 0)
    seen: list[str] = []
    cursor, left = None, []
    for _ in range(3):
        told = desk.do("/restarts", filter={"state": "PARKED"}, cursor=cursor)
        seen += [one["orderId"] for one in told["orders"]]
        left.append(told["left"])
        cursor = told["next"]
    assert (set(seen), len(seen), left, cursor) == (parked, 3, [2, 1, 0], None)


def test_a_bulk_restart_that_chooses_nothing_is_audited_too(desk: Desk) -> None:
    told = desk.do("/restarts", filter={"state": "PARKED", "reason": "nobody"})
    assert (told["orders"], told["left"], told["next"]) == ([], 0, None)
    [(order_id, detail)] = desk.world.admin.execute("SELECT order_id, detail FROM operator_action").fetchall()
    assert order_id is None
    assert "nobody" in str(detail)


def test_two_orchestrators_at_once_restart_an_order_once_and_audit_both(desk: Desk, server: Postgres) -> None:
    order_id = desk.park()
    databases = [Database(postgres.settings_of(server), size=2) for _ in range(4)]
    apps = [desk.app(database) for database in databases]
    body = {"dryRun": False, "reason": "fixed"}

    def send(place: int) -> Any:
        given = headers() | {"Idempotency-Key": f"k{place}"}
        return apps[place].post(f"/operations/orders/{order_id}/restart", json=body, headers=given)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [send(place).data for place in range(4)] == [answer.data for answer in answers]
    for database in databases:
        database.close()
    assert desk.audited() == [("restart", "restart", False, "fixed")] * 4
    history = desk.get(f"/orders/{order_id}")["history"]
    assert [one["state"] for one in history].count("DOCUMENTED") == 2
    desk.pipeline.relay()
    desk.pipeline.take("email", times=2)
    assert (desk.pipeline.state(), len(desk.pipeline.outbound.accepted)) == ("EMAILED", 1)


def test_the_list_s_stage_is_the_one_that_a_restart_would_begin_at(desk: Desk) -> None:
    expected: dict[str, str | None] = {}
    for done in range(4):
        order_id = desk.order()
        for queue in ("invoice", "document", "email")[:done]:
            desk.pipeline.relay()
            desk.pipeline.take(queue)
        expected[order_id] = ("invoice", "document", "email", None)[done]
    expected[desk.park()] = "email"
    desk.world.admin.execute("UPDATE outbox SET consumed_at = now()")
    expected[desk.give_up()] = "invoice"
    desk.pipeline.shop.ccp.script = lambda sale: sale.model_copy(update={"amount": 1})
    expected[desk.order()] = "order"
    shown = {one["id"]: one["stage"] for one in desk.get("/orders")["orders"]}
    assert shown == expected
    with desk.world.database.transaction() as connection:
        assert {one: stages.waits_at(facts.load(connection, UUID(one))) for one in expected} == expected
    for stage in ("order", "invoice", "document", "email"):
        found = {one["id"] for one in desk.get("/orders", stage=stage)["orders"]}
        assert found == {one for one, at in expected.items() if at == stage}


def test_pages_neither_skip_nor_repeat_while_orders_come_in(desk: Desk) -> None:
    there = [desk.order() for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = desk.get("/orders", limit="2", **cursor)
        seen += [one["id"] for one in page["orders"]]
        if len(seen) < 8:
            desk.order()
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen[:5] == there
    assert len(seen) == len(set(seen)) == desk.world.value("SELECT count(*) FROM sales_order")

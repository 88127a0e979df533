"""The operators' API against a real database: what it shows, what it keeps, and whom it lets in."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest

from local.machine.postgres import APPLICATION, Postgres
from services.registry import Route, service
from tests.support.desk import OPERATOR, Desk, headers


@pytest.mark.parametrize("route", service("orchestrator").routes, ids=lambda route: f"{route.method} {route.path}")
def test_only_operators_get_in(desk: Desk, route: Route) -> None:
    method, path = route.method, route.path
    for name in ("id", "customer", "order"):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    path = path.replace("{queue}", "invoice").replace("{stage}", "invoice").replace("{name}", "x.json")
    customer = {"Authorization": f"Bearer {desk.world.subject('liffey')}"}
    for given, status in ((customer, 403), (headers(group="operators"), 403), ({}, 401)):
        answer = desk.client.open(path, method=method, headers=given)
        assert answer.status_code == status
        assert answer.mimetype == "application/problem+json"
    assert desk.client.open(path, method=method, headers=headers()).status_code != 403


def test_orders_are_listed_by_filter_and_page(desk: Desk) -> None:
    parked = desk.park("the mailbox is full")
    others = {desk.order() for _ in range(4)}
    assert [row["id"] for row in listed(desk, state="PARKED")] == [parked]
    assert [row["id"] for row in listed(desk, reason="MAILBOX is")] == [parked]
    assert listed(desk, reason="100%") == []
    assert listed(desk, minAgeSeconds="3600") == []
    assert len(listed(desk, customer=str(desk.world.customer("liffey").id))) == 5
    assert listed(desk, customer=str(uuid4())) == []
    page = desk.get("/orders", limit="2")
    seen = [row["id"] for row in page["orders"]]
    while page["next"] is not None:
        page = desk.get("/orders", limit="2", cursor=page["next"])
        seen += [row["id"] for row in page["orders"]]
    assert seen[0] == parked
    assert set(seen) == {parked, *others}
    assert len(seen) == 5


def listed(desk: Desk, **query: str) -> list[dict[str, Any]]:
    return list(desk.get("/orders", **query)["orders"])


def test_the_timeline_tells_stages_attempts_errors_and_the_mail(desk: Desk) -> None:
    order_id = desk.order()
    desk.pipeline.relay()
    desk.world.admin.execute("ALTER TABLE invoice RENAME TO hidden")
    with pytest.raises(psycopg.errors.UndefinedTable):
        desk.pipeline.take("invoice")
    desk.world.admin.execute("ALTER TABLE hidden RENAME TO invoice")
    [failed] = desk.get(f"/orders/{order_id}")["stages"]
    assert (failed["stage"], failed["attempts"], failed["status"]) == ("invoice", 1, "trying again")
    assert "UndefinedTable" in failed["error"]
    desk.pipeline.take("invoice")
    for queue in ("document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    shown = desk.get(f"/orders/{order_id}")
    stages = list(shown["stages"])
    assert [(one["stage"], one["attempts"], one["status"], one["error"]) for one in stages] == [
        ("invoice", 2, "done", None),
        ("document", 1, "done", None),
        ("email", 1, "done", None),
    ]
    assert all(0 <= one["workSeconds"] <= one["totalSeconds"] for one in stages)
    assert stages[0]["path"] == desk.path("invoice")
    [invoice], [mail] = shown["documents"], shown["mails"]
    assert (invoice["kind"], invoice["number"], invoice["corrects"]) == ("INVOICE", "EU-000001", None)
    assert (mail["state"], mail["messageId"]) == ("SENT", "ses-1")
    history = [one["state"] for one in shown["history"]]
    assert history == ["RESERVED", "CONFIRMED", "INVOICED", "DOCUMENTED", "EMAILED"]
    assert desk.client.get(f"/operations/orders/{uuid4()}", headers=headers()).status_code == 404


def test_the_audit_can_only_grow(desk: Desk, server: Postgres) -> None:
    desk.do(f"/orders/{desk.park()}/restart")
    for change in ("DELETE FROM {}", "UPDATE {} SET reason = 'x'", "TRUNCATE {}"):
        with server.connect(APPLICATION) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change.format("operator_action").encode())


def test_every_transition_has_its_time_and_its_actor(desk: Desk) -> None:
    order_id = desk.park()
    desk.do(f"/orders/{order_id}/restart")
    history = desk.get(f"/orders/{order_id}")["history"]
    assert [one["at"] for one in history] == sorted(one["at"] for one in history)
    assert {one["actor"] for one in history[:-1]} == {"test"}
    assert (history[-1]["state"], history[-1]["actor"]) == ("DOCUMENTED", f"operator {OPERATOR}")
    assert history[-1]["detail"] == "restarted"

"""The operators' API against a real database: what it shows, what it restarts, and whom it lets in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from local.machine.postgres import APPLICATION, Postgres
from services.common.database import Database
from services.orchestrator.scan import STILL_SECONDS, scan
from services.registry import Route, service
from tests.integration.conftest import Aws, World
from tests.support import postgres
from tests.support.desk import OPERATOR, Desk, headers, lose, spoil


@pytest.fixture
def desk(world: World, aws: Aws) -> Desk:
    return Desk(world, aws)


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


def test_a_dry_run_tells_and_changes_nothing_but_the_audit(desk: Desk) -> None:
    order_id = desk.park()
    told = desk.told(f"/orders/{order_id}/restart", stage="email")
    assert (told["dryRun"], told["effect"], told["state"]) == (True, "restart", "DOCUMENTED")
    assert desk.pipeline.state() == "PARKED"
    assert desk.pipeline.relay() == 0
    assert desk.audited() == [("restart", "restart", True, None)]


def test_a_parked_order_goes_back_to_its_last_good_state_and_ends(desk: Desk) -> None:
    order_id = desk.park()
    desk.do(f"/orders/{order_id}/restart")
    assert desk.pipeline.state() == "DOCUMENTED"
    desk.finish()
    assert desk.pipeline.state() == "EMAILED"
    assert len(desk.pipeline.outbound.accepted) == 1
    assert desk.audited() == [("restart", "restart", False, "fixed")]
    [action] = desk.get(f"/orders/{order_id}")["actions"]
    assert (action["subject"], action["reason"]) == (str(OPERATOR), "fixed")


def test_a_real_run_without_a_reason_is_refused(desk: Desk) -> None:
    order_id = desk.park()
    assert desk.post(f"/orders/{order_id}/restart", dryRun=False).status_code == 400
    assert desk.pipeline.state() == "PARKED"


def test_a_repeated_key_answers_the_same_bytes_and_restarts_once(desk: Desk) -> None:
    order_id = desk.park()
    path, body = f"/orders/{order_id}/restart", {"dryRun": False, "reason": "fixed"}
    first, second = desk.post(path, "k1", **body), desk.post(path, "k1", **body)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.data == second.data
    assert len(desk.audited()) == 1
    assert desk.post(path, "k1", dryRun=False, reason="another").status_code == 422
    assert desk.post(f"/orders/{desk.park()}/restart", "k1", **body).status_code == 200


def test_the_same_key_at_once_restarts_once(desk: Desk, server: Postgres) -> None:
    order_id = desk.park()
    databases = [Database(postgres.settings_of(server), size=2) for _ in range(4)]
    apps = [desk.app(database) for database in databases]
    body = {"dryRun": False, "reason": "fixed"}

    def send(app: FlaskClient) -> int:
        given = headers() | {"Idempotency-Key": "k1"}
        return app.post(f"/operations/orders/{order_id}/restart", json=body, headers=given).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(send, apps))
    for database in databases:
        database.close()
    assert set(statuses) <= {200, 409}
    assert 200 in statuses
    assert len(desk.audited()) == 1


def test_a_restart_waits_for_whoever_works_on_the_order(desk: Desk) -> None:
    order_id = desk.park()
    with desk.world.database.transaction() as connection:
        connection.execute("SELECT FROM sales_order WHERE id = %s FOR NO KEY UPDATE", (order_id,))
        held = desk.post(f"/orders/{order_id}/restart", stage="invoice", dryRun=False, reason="fixed")
    assert held.status_code == 503
    assert desk.audited() == []
    desk.do(f"/orders/{order_id}/restart", stage="invoice")


def test_a_finished_order_can_be_replayed_and_nothing_happens_twice(desk: Desk) -> None:
    order_id = desk.pipeline.run().rpartition("/")[2]
    for stage in ("invoice", "document", "email"):
        assert desk.do(f"/orders/{order_id}/restart", stage=stage)["effect"] == "replay"
        assert desk.pipeline.relay() == 1
        desk.pipeline.take(stage)
    assert desk.pipeline.relay() == 0
    assert desk.world.value("SELECT count(*) FROM outbox WHERE consumed_at IS NULL") == 0
    assert desk.world.value("SELECT count(*) FROM invoice") == 1
    assert len(desk.pipeline.outbound.accepted) == 1
    assert desk.pipeline.state() == "EMAILED"


@pytest.mark.parametrize("harm", [lose, spoil])
def test_a_payload_that_s3_lost_is_rebuilt_from_the_database(desk: Desk, harm: Callable[[str], None]) -> None:
    order_id = desk.give_up()
    path = desk.path("invoice")
    harm(path)
    assert desk.told(f"/orders/{order_id}/restart")["rebuilt"] == [path]
    assert desk.do(f"/orders/{order_id}/restart")["rebuilt"] == [path]
    for queue in ("invoice", "document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    assert desk.pipeline.state() == "EMAILED"


def test_a_copy_of_the_database_with_another_hash_is_refused(desk: Desk) -> None:
    order_id = desk.give_up()
    lose(desk.path("invoice"))
    desk.world.admin.execute("UPDATE outbox SET body = body || ' '")
    answer = desk.post(f"/orders/{order_id}/restart", dryRun=False, reason="fixed")
    assert answer.status_code == 409
    assert "not the one that was written" in answer.text
    assert desk.pipeline.state() == "PARKED"
    assert desk.audited() == [("restart", "refused", False, "fixed")]


@pytest.mark.parametrize("harm", [lose, spoil])
def test_a_lost_pdf_is_rendered_again_byte_for_byte(desk: Desk, harm: Callable[[str], None]) -> None:
    order_id = desk.park()
    path = str(desk.world.value("SELECT document_path FROM invoice"))
    sha256 = str(desk.world.value("SELECT document_sha256 FROM invoice"))
    harm(path)
    desk.do(f"/orders/{order_id}/restart")
    desk.pipeline.relay()
    desk.pipeline.take("document")
    assert desk.aws.payloads.get(path, sha256)
    desk.world.admin.execute("UPDATE outbox SET due_at = now() WHERE consumed_at IS NULL")
    desk.finish()
    assert desk.pipeline.state() == "EMAILED"
    assert desk.world.value("SELECT count(*) FROM invoice") == 1


def test_an_order_parked_before_its_sale_is_asked_about_again(desk: Desk) -> None:
    desk.pipeline.shop.ccp.script = lambda sale: sale.model_copy(update={"amount": 1})
    order_id = desk.order()
    assert desk.pipeline.state() == "PARKED"
    assert desk.post(f"/orders/{order_id}/restart", stage="email", dryRun=False, reason="x").status_code == 409
    desk.do(f"/orders/{order_id}/restart")
    assert desk.pipeline.state() == "RESERVED"
    assert desk.world.value("SELECT leased_until <= now() FROM sales_order") is True


def test_a_late_worker_does_not_lose_the_stage_of_a_parked_order(desk: Desk) -> None:
    order_id = desk.order()
    desk.pipeline.relay()
    desk.world.admin.execute("UPDATE outbox SET attempts = 8, due_at = now()")
    desk.pipeline.relay()
    assert desk.pipeline.state() == "PARKED"
    desk.pipeline.take("invoice")
    assert desk.world.value("SELECT outcome FROM inbox") == "skipped"
    desk.do(f"/orders/{order_id}/restart")
    for queue in ("invoice", "document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    assert desk.pipeline.state() == "EMAILED"


def still(desk: Desk) -> None:
    desk.world.admin.execute(f"UPDATE sales_order SET updated_at = now() - interval '{STILL_SECONDS + 1} seconds'")


def test_an_order_that_stands_still_is_handed_over_until_its_tries_are_used_up(desk: Desk) -> None:
    desk.order()
    still(desk)
    assert scan(desk.world.database) == 0
    for _ in range(8):
        assert desk.pipeline.relay() == 1
        desk.world.admin.execute("UPDATE outbox SET consumed_at = now()")
        assert scan(desk.world.database) == 1
        assert scan(desk.world.database) == 0
    desk.pipeline.relay()
    assert desk.pipeline.state() == "PARKED"
    assert "8 deliveries" in desk.pipeline.reason()


def test_an_order_without_a_payload_to_go_on_with_is_parked_with_the_reason(desk: Desk) -> None:
    desk.order()
    desk.pipeline.relay()
    desk.pipeline.take("invoice")
    desk.world.admin.execute("DELETE FROM outbox WHERE queue = 'document'")
    assert scan(desk.world.database) == 0
    still(desk)
    assert scan(desk.world.database) == 1
    assert desk.pipeline.state() == "PARKED"
    assert "no payload leads to the stage 'document'" in desk.pipeline.reason()


def test_two_scans_at_once_take_each_order_once(desk: Desk, server: Postgres) -> None:
    for _ in range(6):
        desk.order()
    desk.world.admin.execute("UPDATE outbox SET consumed_at = now()")
    still(desk)
    databases = [Database(postgres.settings_of(server), size=1) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(scan, databases)) == 6
    for database in databases:
        database.close()
    assert desk.world.value("SELECT count(*) FROM outbox WHERE consumed_at IS NULL") == 6


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


def test_a_refused_restart_is_audited_with_its_reason_each_time(desk: Desk) -> None:
    order_id = desk.park()
    for _ in range(2):
        answer = desk.post(f"/orders/{order_id}/restart", "k1", dryRun=False, reason="now", stage="order")
        assert answer.status_code == 200
    desk.world.admin.execute("UPDATE sales_order SET state = 'REJECTED'")
    for _ in range(2):
        answer = desk.post(f"/orders/{order_id}/restart", "k2", dryRun=False, reason="now")
        assert (answer.status_code, answer.json["type"].rpartition("/")[2]) == (409, "not-restartable")  # type: ignore[index]
    assert desk.audited() == [("restart", "none", False, "now"), *[("restart", "refused", False, "now")] * 2]


@pytest.mark.parametrize("day", ["29", "31, and expired", "31, and S3 is late"])
def test_a_finished_order_replayed_on_any_day_gives_nothing_new(desk: Desk, day: str) -> None:
    order_id = desk.pipeline.run().rpartition("/")[2]
    before = effects(desk)
    shown = desk.get(f"/orders/{order_id}")
    [document] = shown["documents"]
    objects = [*(one["path"] for one in shown["stages"]), document["documentPath"]]
    desk.world.admin.execute("UPDATE outbox SET created_at = created_at - interval '31 days'")
    if day.endswith("expired"):
        for key in objects:
            lose(key)
    for stage in ("order", "invoice", "document", "email"):
        desk.do(f"/orders/{order_id}/restart", stage=stage)
        while desk.pipeline.relay():
            desk.pipeline.take(stage)
    assert effects(desk) == before
    assert desk.aws.payloads.get(document["documentPath"], document["documentSha256"])


def effects(desk: Desk) -> list[object]:
    """All that an order brings about: sales, numbers with their PDFs, mails and payloads."""
    tables = {
        "invoice": "invoice_number || document_sha256",
        "email_ledger": "path || message_id || attempts",
        "outbox": "path",
        "sales_order": "ccp_transaction_id || state",
    }
    kept = [
        desk.world.value(f"SELECT array_agg({what} ORDER BY {what}) FROM {table}") for table, what in tables.items()
    ]
    return [*kept, len(desk.pipeline.outbound.accepted), len(desk.pipeline.shop.ccp.calls)]

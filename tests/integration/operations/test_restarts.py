"""What an operator's restart of one order does: once, from its last good state, with a reason, and audited."""

from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient

from local.machine.postgres import Postgres
from services.common.database import Database
from tests.support import postgres
from tests.support.desk import OPERATOR, Desk, headers


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

"""The operators' API against a real database: what it shows, what it restarts, and whom it lets in."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import boto3
import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from local.machine.postgres import APPLICATION, Postgres
from services.common.database import Database
from services.common.errors import Park, Unauthorized
from services.common.payloads import PayloadStore
from services.common.tokens import Principal, TokenVerifier
from services.orchestrator.queues import DeadLetters
from services.orchestrator.scan import STILL_SECONDS, scan
from services.orchestrator.web import create_app
from services.registry import OPERATORS, QUEUES, Route, service
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.integration.test_pipeline import Pipeline
from tests.support import postgres

OPERATOR = uuid4()


class Verifier(TokenVerifier):
    """Accepts `Bearer <subject> <group>*`; tokens have tests of their own."""

    def __init__(self) -> None:
        pass

    def verify(self, authorization: str | None) -> Principal:
        if not authorization:
            raise Unauthorized("no token")
        subject, *groups = authorization.removeprefix("Bearer ").split()
        return Principal(UUID(subject), frozenset(groups))


class Desk:
    """An operator at work, with the whole pipeline turned by hand."""

    def __init__(self, world: World, aws: Aws) -> None:
        self.world, self.aws, self.pipeline = world, aws, Pipeline(world, aws)
        sqs = boto3.client("sqs", region_name=REGION)
        self.dead = {entry.name: sqs.create_queue(QueueName=f"{entry.name}-dlq")["QueueUrl"] for entry in QUEUES}
        self.client: FlaskClient = self.app(world.database)

    def app(self, database: Database) -> FlaskClient:
        letters = DeadLetters(self.dead, REGION)
        return create_app(database, Verifier(), PayloadStore(BUCKET, REGION), letters, 30).test_client()

    def get(self, path: str, **query: str) -> Any:
        answer = self.client.get(f"/operations{path}", query_string=query, headers=headers())
        assert answer.status_code == 200, answer.data
        return answer.json

    def told(self, path: str, **body: Any) -> Any:
        """What a dry run answers."""
        answer = self.post(path, **body)
        assert answer.status_code == 200, answer.data
        return answer.json

    def post(self, path: str, key: str | None = None, **body: object) -> TestResponse:
        given = headers() | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"/operations{path}", json=body, headers=given)

    def do(self, path: str, key: str | None = None, **body: object) -> Any:
        answer = self.post(path, key, dryRun=False, reason="fixed", **body)
        assert answer.status_code == 200, answer.data
        return answer.json

    def park(self, reason: str = "not today") -> str:
        """An order that is parked at its mail."""
        order_id = self.order()
        for queue in ("invoice", "document"):
            self.pipeline.relay()
            self.pipeline.take(queue)
        self.pipeline.relay()
        self.pipeline.outbound.script = Park(reason)
        self.pipeline.take("email")
        self.pipeline.outbound.script = None
        assert self.pipeline.state() == "PARKED"
        return order_id

    def order(self) -> str:
        return self.pipeline.shop.order().headers["Location"].rpartition("/")[2]

    def finish(self) -> None:
        """Turns the pipeline until the mail is out."""
        self.pipeline.relay()
        self.pipeline.take("email")

    def audited(self) -> list[tuple[object, ...]]:
        return list(self.world.admin.execute("SELECT action, effect, dry_run, reason FROM operator_action ORDER BY id"))

    def path(self, queue: str) -> str:
        return str(self.world.value("SELECT path FROM outbox WHERE queue = %s ORDER BY id LIMIT 1", queue))

    def bury(self, queue: str, body: str) -> None:
        boto3.client("sqs", region_name=REGION).send_message(QueueUrl=self.dead[queue], MessageBody=body)

    def buried(self, queue: str) -> int:
        return DeadLetters(self.dead, REGION).depth(queue)


def headers(*, group: str = OPERATORS) -> dict[str, str]:
    return {"Authorization": f"Bearer {OPERATOR} {group}"}


def lose(key: str) -> None:
    boto3.client("s3", region_name=REGION).delete_object(Bucket=BUCKET, Key=key)


def spoil(key: str) -> None:
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key=key, Body=b"spoilt")


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
    [invoice], [mail] = shown["invoices"], shown["mails"]
    assert invoice["invoiceNumber"] == "EU-000001"
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
    order_id = desk.order()
    desk.pipeline.relay()
    path = desk.path("invoice")
    harm(path)
    desk.pipeline.take("invoice")
    assert desk.pipeline.state() == "PARKED"
    assert desk.told(f"/orders/{order_id}/restart")["rebuilt"] == [path]
    assert desk.do(f"/orders/{order_id}/restart")["rebuilt"] == [path]
    for queue in ("invoice", "document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    assert desk.pipeline.state() == "EMAILED"


def test_a_copy_of_the_database_with_another_hash_is_refused(desk: Desk) -> None:
    order_id = desk.order()
    desk.pipeline.relay()
    path = desk.path("invoice")
    lose(path)
    desk.pipeline.take("invoice")
    desk.world.admin.execute("UPDATE outbox SET body = body || ' '")
    answer = desk.post(f"/orders/{order_id}/restart", dryRun=False, reason="fixed")
    assert answer.status_code == 409
    assert "not the one that was written" in answer.text
    assert desk.pipeline.state() == "PARKED"
    assert desk.audited() == []


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
    assert desk.world.value("SELECT count(*) FROM operator_action WHERE NOT dry_run") == 5
    spread = "SELECT round(extract(epoch FROM max(due_at) - min(due_at))) FROM outbox WHERE consumed_at IS NULL"
    assert 10 <= int(str(desk.world.value(spread))) <= 40


def test_a_bulk_restart_says_that_there_are_more(desk: Desk) -> None:
    for _ in range(3):
        desk.park()
    wanted = {"state": "PARKED"}
    told = [desk.do("/restarts", filter=wanted, limit=2) for _ in range(2)]
    assert [(len(list(one["orders"])), one["more"]) for one in told] == [(2, True), (1, False)]


def test_dead_letters_are_shown_and_redriven(desk: Desk) -> None:
    order_id = desk.order()
    desk.pipeline.relay()
    desk.world.admin.execute("UPDATE outbox SET attempts = 8, due_at = now()")
    desk.pipeline.relay()
    message = json.dumps({"path": desk.path("invoice")})
    for body in (message, message, "poison", json.dumps({"path": "../../etc/passwd"})):
        desk.bury("invoice", body)
    queues = {one["queue"]: one for one in desk.get("/dead-letters")["queues"]}
    assert queues["invoice"]["waiting"] == 4
    assert sorted(str(one["orderId"]) for one in queues["invoice"]["messages"]) == sorted(
        [order_id, order_id, "None", "None"]
    )
    rehearsed = desk.told("/dead-letters/invoice/redrive")
    assert (rehearsed["dryRun"], rehearsed["unknownMessages"]) == (True, 2)
    assert (desk.buried("invoice"), desk.pipeline.state()) == (4, "PARKED")
    told = desk.do("/dead-letters/invoice/redrive", "k1")
    assert [one["orderId"] for one in told["orders"]] == [order_id]
    assert desk.buried("invoice") == 2
    assert desk.do("/dead-letters/invoice/redrive", "k1") == told
    assert desk.pipeline.state() == "CONFIRMED"
    assert desk.pipeline.relay() == 1
    desk.pipeline.take("invoice")
    assert desk.pipeline.state() == "INVOICED"
    assert desk.post("/dead-letters/nonsense/redrive").status_code == 404


def test_a_message_of_another_queue_stays_on_its_dead_letter_queue(desk: Desk) -> None:
    desk.order()
    desk.bury("email", json.dumps({"path": desk.path("invoice")}))
    desk.bury("mail-events", "{}")
    for queue in ("email", "mail-events"):
        told = desk.do(f"/dead-letters/{queue}/redrive")
        assert (told["orders"], told["unknownMessages"]) == ([], 1)
        assert desk.buried(queue) == 1


def test_payloads_that_s3_will_lose_are_told_and_kept_for_longer(desk: Desk) -> None:
    desk.park()
    desk.pipeline.run()
    assert expiring(desk, "7") == set()
    desk.world.admin.execute("UPDATE outbox SET created_at = created_at - interval '25 days'")
    paths = expiring(desk, "7")
    assert {path.split("/")[2] for path in paths} == {"invoice", "document", "email", "pdf"}
    assert len(paths) == 4
    assert expiring(desk, "3") == set()
    for path in paths:
        assert desk.told(f"/payloads/{path}/extend")["effect"] == "extend"
    assert expiring(desk, "7") == paths
    boto3.client("s3", region_name=REGION).put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}
    )
    for path in paths:
        desk.do(f"/payloads/{path}/extend")
    assert expiring(desk, "7") == set()
    assert [versions(path) for path in paths] == [2, 2, 2, 2]
    assert len(desk.audited()) == 8


def expiring(desk: Desk, days: str) -> set[str]:
    return {one["path"] for one in desk.get("/payloads/expiring", days=days)["payloads"]}


def versions(path: str) -> int:
    listed = boto3.client("s3", region_name=REGION).list_object_versions(Bucket=BUCKET, Prefix=path)
    return len(listed["Versions"])


def test_extending_rebuilds_a_lost_payload_but_no_pdf(desk: Desk) -> None:
    desk.park()
    payload, pdf = desk.path("email"), str(desk.world.value("SELECT document_path FROM invoice"))
    lose(payload)
    lose(pdf)
    assert desk.do(f"/payloads/{payload}/extend")["effect"] == "rebuild"
    assert desk.aws.payloads.get(payload, payload.rpartition("-")[2].removesuffix(".json"))
    refused = desk.post(f"/payloads/{pdf}/extend", dryRun=False, reason="fixed")
    assert refused.status_code == 409
    assert "restart the stage 'document'" in refused.text
    lose(payload)
    desk.world.admin.execute("UPDATE outbox SET body = body || ' '")
    assert desk.post(f"/payloads/{payload}/extend", dryRun=False, reason="fixed").status_code == 409
    strange = f"{uuid4()}/{uuid4()}/invoice/1-{'0' * 64}.json"
    assert desk.post(f"/payloads/{strange}/extend").status_code == 404


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

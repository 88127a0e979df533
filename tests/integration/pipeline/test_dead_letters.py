"""Dead letters against the emulator, whose queues hide, delay and give back messages as SQS does."""

import contextlib
import json
from collections.abc import Iterator
from itertools import pairwise
from uuid import uuid4

import boto3
import pytest

from services.common.errors import Unavailable
from services.common.pipeline.payloads import PayloadStore
from services.common.pipeline.queues import Source
from services.registry import QUEUES
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.support.desk import Desk
from tests.support.emulator import running_emulator


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_emulator(tmp_path_factory.mktemp("emulator")) as url:
        yield url


@pytest.fixture
def desk(world: World, emulator: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
    s3 = boto3.client("s3", region_name=REGION)
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    sqs = boto3.client("sqs", region_name=REGION)
    urls = {queue.name: sqs.create_queue(QueueName=queue.name)["QueueUrl"] for queue in QUEUES}
    for address in sqs.list_queues()["QueueUrls"]:
        sqs.purge_queue(QueueUrl=address)
    return Desk(world, Aws(PayloadStore(BUCKET, REGION), urls))


def effects(told: dict[str, list[dict[str, str]]]) -> list[str]:
    return sorted(one["effect"] for one in told["messages"])


def test_each_message_is_explained_and_what_belongs_to_an_order_goes_back_to_work(desk: Desk) -> None:
    order_id = desk.give_up()
    message = desk.message("invoice")
    strange = json.dumps({"path": f"{uuid4()}/{uuid4()}/invoice/1-{'0' * 64}.json"})
    desk.bury("invoice", message, message, "poison", strange)
    queues = {one["queue"]: one for one in desk.get("/dead-letters")["queues"]}
    assert queues["invoice"]["waiting"] == 4
    details = {one["body"]: one["detail"] for one in queues["invoice"]["messages"]}
    assert details[message] == "its order is PARKED"
    assert details["poison"].startswith("the message is not JSON")
    assert details[strange].startswith("no payload of ours has this path")
    rehearsed = desk.told("/dead-letters/invoice/redrive")
    assert effects(rehearsed) == ["leaves", "leaves", "stays", "stays"]
    assert (desk.buried("invoice"), desk.pipeline.state()) == (4, "PARKED")
    told = desk.do("/dead-letters/invoice/redrive", "k1")
    assert effects(told) == ["leaves", "leaves", "stays", "stays"]
    assert [one["orderId"] for one in told["orders"]] == [order_id]
    assert desk.buried("invoice") == 2
    assert desk.do("/dead-letters/invoice/redrive", "k1") == told
    assert desk.pipeline.state() == "CONFIRMED"
    assert desk.pipeline.relay() == 1
    desk.pipeline.take("invoice")
    assert desk.pipeline.state() == "INVOICED"
    assert sorted(str(one[1]) for one in desk.audited() if not one[2]) == ["restart", "stays", "stays"]
    assert desk.post("/dead-letters/nonsense/redrive").status_code == 404


def test_a_dry_run_sees_as_many_messages_as_the_real_one_and_leaves_them(desk: Desk) -> None:
    desk.bury("invoice", *(f"poison {place}" for place in range(25)))
    for told in (desk.told("/dead-letters/invoice/redrive"), desk.do("/dead-letters/invoice/redrive")):
        assert len(told["messages"]) == 25
    assert len(desk.letters().take("invoice", 100, hold_seconds=0)) == 10
    assert desk.buried("invoice") == 25


def test_a_message_of_a_finished_or_refused_order_is_explained(desk: Desk) -> None:
    desk.pipeline.run()
    finished = desk.message("email")
    desk.bury("email", finished)
    [told] = desk.do("/dead-letters/email/redrive")["messages"]
    assert (told["effect"], "the inbox makes that a no-op" in told["detail"]) == ("leaves", True)
    desk.world.admin.execute("UPDATE sales_order SET state = 'REJECTED', reason = 'no'")
    desk.bury("email", finished)
    [told] = desk.do("/dead-letters/email/redrive")["messages"]
    assert (told["effect"], told["detail"]) == ("stays", "the CCP has refused this order for good")
    assert desk.buried("email") == 1
    assert len(desk.pipeline.outbound.accepted) == 1


def test_a_message_of_another_queue_stays(desk: Desk) -> None:
    desk.order()
    desk.bury("email", desk.message("invoice"))
    [told] = desk.do("/dead-letters/email/redrive")["messages"]
    assert (told["effect"], told["orderId"]) == ("stays", None)
    assert "belongs to the queue 'invoice'" in told["detail"]
    assert desk.buried("email") == 1


def test_the_pace_holds_within_a_request_and_from_one_to_the_next(desk: Desk) -> None:
    for _ in range(6):
        desk.order()
    desk.pipeline.relay()
    desk.world.admin.execute("UPDATE outbox SET consumed_at = now()")
    rows = desk.world.admin.execute("SELECT path FROM outbox").fetchall()
    desk.bury("invoice", *(json.dumps({"path": path}) for (path,) in rows))
    cursor = None
    for _ in range(3):
        told = desk.do("/dead-letters/invoice/redrive", limit=2, perMinute=6, cursor=cursor)
        assert effects(told) == ["leaves", "leaves"]
        cursor = told["next"]
    spread = "SELECT array_agg(round(extract(epoch FROM due_at - now())) ORDER BY due_at) FROM outbox"
    due = desk.world.value(spread)
    assert isinstance(due, list)
    assert [later - earlier for earlier, later in pairwise(due)] == pytest.approx([10] * 5, abs=2)
    assert desk.buried("invoice") == 0


def test_a_redrive_that_fails_leaves_every_message_there_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.give_up()
    desk.bury("invoice", desk.message("invoice"), "poison")

    def down(*_: object) -> bytes:
        raise Unavailable("S3 does not answer")

    monkeypatch.setattr(PayloadStore, "get", down)
    answer = desk.post("/dead-letters/invoice/redrive", dryRun=False, reason="x")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert len(desk.letters().take("invoice", 10, hold_seconds=0)) == 2
    assert desk.pipeline.state() == "PARKED"


def test_what_nobody_needs_is_discarded_by_its_id_and_the_audit_keeps_it(desk: Desk) -> None:
    desk.bury("invoice", *(f"poison {place}" for place in range(12)))
    ids = {one["body"]: one["id"] for one in desk.told("/dead-letters/invoice/redrive")["messages"]}
    chosen = [ids["poison 3"], ids["poison 11"], "no-such-id"]
    rehearsed = desk.told("/dead-letters/invoice/discard", messages=chosen)
    assert (effects(rehearsed), rehearsed["notFound"]) == (["discard", "discard"], ["no-such-id"])
    assert desk.buried("invoice") == 12
    told = desk.do("/dead-letters/invoice/discard", "k1", messages=chosen)
    assert desk.do("/dead-letters/invoice/discard", "k1", messages=chosen) == told
    left = {one["body"] for one in desk.told("/dead-letters/invoice/redrive")["messages"]}
    assert left == ids.keys() - {"poison 3", "poison 11"}
    details = desk.world.admin.execute(
        "SELECT detail FROM operator_action WHERE action = 'discard' AND NOT dry_run ORDER BY detail"
    ).fetchall()
    assert len(details) == 2
    assert "poison 3" in "".join(str(detail) for (detail,) in details)
    assert desk.post("/dead-letters/invoice/discard", dryRun=False, reason="x", messages=[]).status_code == 400


def test_nothing_is_discarded_whose_audit_was_not_committed(desk: Desk) -> None:
    desk.bury("invoice", "poison")
    [message] = desk.told("/dead-letters/invoice/redrive")["messages"]
    desk.world.admin.execute(
        """
        CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'at commit' USING ERRCODE = '57P01'; END $$;
        CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON operator_action
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_at_commit();
        """
    )
    try:
        answer = desk.post("/dead-letters/invoice/discard", dryRun=False, reason="x", messages=[message["id"]])
    finally:
        desk.world.admin.execute("DROP FUNCTION fail_at_commit CASCADE")
    assert (answer.status_code, desk.buried("invoice")) == (503, 1)
    assert len(desk.letters().take("invoice", 10, hold_seconds=0)) == 1


def test_an_event_of_ses_goes_back_to_its_own_queue(desk: Desk) -> None:
    """SES never sends it again, and the ledger may be waiting for it."""
    desk.bury("mail-events", '{"eventType": "Send"}')
    assert effects(desk.told("/dead-letters/mail-events/redrive")) == ["back"]
    assert (desk.buried("mail-events"), desk.aws.waiting("mail-events")) == (1, 0)
    desk.do("/dead-letters/mail-events/redrive", "k1")
    assert (desk.buried("mail-events"), desk.aws.waiting("mail-events")) == (0, 1)
    assert [message.body for message in Source(desk.aws.urls["mail-events"], REGION, 60).receive()] == [
        '{"eventType": "Send"}'
    ]
    assert desk.audited() == [("redrive", "back", True, None), ("redrive", "back", False, "fixed")]


def test_messages_that_stay_do_not_keep_a_redrive_from_those_behind_them(desk: Desk) -> None:
    order_id = desk.give_up()
    desk.bury("invoice", *(f"poison {place}" for place in range(12)), desk.message("invoice"))
    assert desk.told("/dead-letters/invoice/redrive", limit=5)["waiting"] == 13
    restarted: list[str] = []
    cursor = None
    for _ in range(3):
        told = desk.do("/dead-letters/invoice/redrive", limit=5, cursor=cursor)
        restarted += [one["orderId"] for one in told["orders"]]
        cursor = told["next"]
    assert (restarted, cursor) == ([order_id], None)
    assert desk.buried("invoice") == 12

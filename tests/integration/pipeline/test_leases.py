"""Who holds a message and its work: renewed while the work goes on, and lost without an effect."""

import threading
from pathlib import Path

import boto3
import pytest

from services.common.errors import LeaseLost
from services.common.pipeline import inbox
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.inbox import Work, claim, finish, renew
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Message, Source
from tests.integration.conftest import REGION
from tests.support.emulator import running_emulator
from tests.support.pipeline import Pipeline


def test_a_lease_is_renewed_while_its_work_goes_on(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LEASE_SECONDS", 1.5)
    pipeline.shop.order()
    pipeline.relay()
    renewed = threading.Event()

    def slow(work: Work, body: bytes) -> None:
        first = pipeline.world.value("SELECT lease_until FROM inbox")
        pause = threading.Event()
        for _ in range(200):
            if pipeline.world.value("SELECT lease_until FROM inbox") != first:
                renewed.set()
                return
            pause.wait(0.05)

    Consumer("invoice", pipeline.world.database, pipeline.aws.payloads, slow).take(pipeline.message("invoice"))
    assert renewed.is_set()


def test_only_the_holder_renews_a_lease_and_only_while_there_is_work(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    database, admin = pipeline.world.database, pipeline.world.admin
    path = str(pipeline.world.value("SELECT path FROM outbox"))

    def left() -> object:
        return pipeline.world.value("SELECT lease_until > now() FROM inbox")

    with database.transaction() as connection:
        first = claim(connection, "invoice", path)
        assert first is not None
    admin.execute("UPDATE inbox SET lease_until = now() - interval '1 second'")
    with database.transaction() as connection:
        renew(connection, first)
    assert left()
    admin.execute("UPDATE inbox SET lease_until = now() - interval '1 second'")
    with database.transaction() as connection:
        second = claim(connection, "invoice", path)
        assert second is not None
    admin.execute("UPDATE inbox SET lease_until = now() - interval '1 second'")
    with database.transaction() as connection:
        renew(connection, first)
    assert not left()
    with database.transaction() as connection:
        finish(connection, second)
        renew(connection, second)
    assert not left()


def test_a_worker_whose_lease_was_taken_over_commits_nothing(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.shop.order()
    pipeline.relay()
    get = pipeline.aws.payloads.get

    def overtaken(key: str, sha256: str, length: int | None = None) -> bytes:
        pipeline.world.admin.execute("UPDATE inbox SET lease_token = gen_random_uuid(), lease_until = now()")
        return get(key, sha256, length)

    monkeypatch.setattr(pipeline.aws.payloads, "get", overtaken)
    with pytest.raises(LeaseLost):
        pipeline.take("invoice")
    assert pipeline.world.value("SELECT count(*) FROM invoice") == 0
    assert pipeline.world.value("SELECT count(*) FROM outbox") == 1


def test_nobody_else_gets_what_a_slow_worker_has_in_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the emulator, which lets a visibility end as SQS does; the work takes twice as long as that."""
    visibility = 2
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with running_emulator(tmp_path) as emulator:
        monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
        sqs = boto3.client("sqs", region_name=REGION)
        url = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": str(visibility)})["QueueUrl"]
        for body in ("first", "second"):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        taken: list[int] = []
        stolen: list[Message] = []
        stop = threading.Event()
        others = Source(url, REGION, visibility)

        def take(message: Message) -> None:
            taken.append(message.received)
            if len(taken) == 1:
                stolen.extend(others.receive())
                stolen.extend(others.receive())
            if len(taken) == 2:
                stop.set()

        poll(Source(url, REGION, visibility), take, lambda: None, stop, lambda: None)
        assert (taken, stolen, others.receive()) == ([1, 1], [], [])

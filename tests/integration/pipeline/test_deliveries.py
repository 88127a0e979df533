"""Between a queue and its worker: slow work, poison, parts that are down, and answers that are lost."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path

import boto3
import pytest

from services.common.errors import LeaseLost, Poison, Retry, Unavailable
from services.common.pipeline import inbox
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.inbox import Work, claim, finish, renew
from services.common.pipeline.payloads import PayloadStore
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Message, Source
from services.email.events import EventRecorder
from services.email.mailer import OutcomeUnknown
from services.registry import FEWEST_RECEIVES, MAIL_PATIENCE_SECONDS, PATIENCE_SECONDS
from services.relay.relay import relay_batch
from tests.integration.conftest import BUCKET, REGION, Aws
from tests.support.emulator import running_emulator
from tests.support.pipeline import Pipeline, email_stage, ses_event

WAIT = 20.0
RECEIVES = 3


@pytest.fixture
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.common.pipeline.queues.WAIT_SECONDS", 0)
    monkeypatch.setattr("services.common.pipeline.polling.BACKOFF_SECONDS", (0,))
    monkeypatch.setattr("services.common.pipeline.polling.POISON_SECONDS", 0)


def with_dead_letters(aws: Aws, queue: str) -> str:
    """The URL of the queue's new dead-letter queue, which takes what was received `RECEIVES` times."""
    sqs = boto3.client("sqs", region_name=REGION)
    dead = sqs.create_queue(QueueName=f"{queue}-dlq")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": RECEIVES})
    sqs.set_queue_attributes(QueueUrl=aws.urls[queue], Attributes={"RedrivePolicy": redrive})
    return dead


def depth(url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = boto3.client("sqs", region_name=REGION).get_queue_attributes(QueueUrl=url, AttributeNames=names)  # type: ignore[arg-type]
    return sum(int(number) for number in answer["Attributes"].values())


def turn(aws: Aws, queue: str, take: Callable[[Message], None], turns: int = 8) -> None:
    """Lets a worker look into its queue so often."""
    stop, left = threading.Event(), count(turns, -1)

    def ready() -> None:
        if next(left) == 0:
            stop.set()
            raise Unavailable("the shift is over")

    poll(Source(aws.urls[queue], REGION, 60), take, ready, stop, lambda: None)


def test_poison_is_dead_after_exactly_its_receives_and_others_are_unaffected(
    pipeline: Pipeline, aws: Aws, short_polls: None
) -> None:
    dead = with_dead_letters(aws, "invoice")
    boto3.client("sqs", region_name=REGION).send_message(QueueUrl=aws.urls["invoice"], MessageBody="poison")
    pipeline.shop.order()
    pipeline.relay()
    received: list[int] = []

    def take(message: Message) -> None:
        if message.body == "poison":
            received.append(message.received)
        pipeline.consumers["invoice"].take(message)

    turn(aws, "invoice", take)
    assert received == [*range(1, RECEIVES + 1)]
    assert (depth(dead), depth(aws.urls["invoice"])) == (1, 0)
    assert pipeline.state() == "INVOICED"


def test_a_payload_that_cannot_be_understood_parks_its_order_with_the_reason(
    pipeline: Pipeline, aws: Aws, short_polls: None
) -> None:
    dead = with_dead_letters(aws, "invoice")
    pipeline.shop.order()
    newer = """UPDATE outbox SET body = replace(body, '"manifestVersion":2', '"manifestVersion":3')"""
    pipeline.world.admin.execute(newer)
    pipeline.world.admin.execute("UPDATE outbox SET sha256 = encode(sha256(body::bytea), 'hex')")
    for tries in range(1, len(PATIENCE_SECONDS) + 1):
        assert pipeline.relay() == 1
        turn(aws, "invoice", pipeline.consumers["invoice"].take, turns=5)
        assert depth(dead) == tries
        assert pipeline.state() == "CONFIRMED"
        pipeline.world.admin.execute("UPDATE outbox SET due_at = now()")
    pipeline.relay()
    assert pipeline.state() == "PARKED"
    assert "8 deliveries" in pipeline.reason()
    told = str(pipeline.world.value("SELECT last_error FROM inbox"))
    assert told.startswith("Poison: ")
    assert "version 3" in told


def test_poison_is_never_left_to_the_relay(pipeline: Pipeline) -> None:
    with pytest.raises(Poison):
        pipeline.consumers["invoice"].take(Message("poison", "receipt", 99))


@pytest.mark.parametrize(
    "fault", [Unavailable("throttled"), OutcomeUnknown("reset")], ids=["refuses", "does not answer"]
)
def test_no_mail_becomes_a_dead_letter_and_the_relay_brings_it_again(
    pipeline: Pipeline, aws: Aws, short_polls: None, fault: Exception
) -> None:
    dead = with_dead_letters(aws, "email")
    email_stage(pipeline)
    pipeline.outbound.script = fault
    for _ in range(4):
        turn(aws, "email", at_once(pipeline.consumers["email"].take))
        assert (depth(dead), depth(aws.urls["email"])) == (0, 0)
        pipeline.world.admin.execute("UPDATE outbox SET due_at = now() WHERE queue = 'email'")
        assert pipeline.relay() == 1
    assert pipeline.state() == "DOCUMENTED"
    pipeline.outbound.script = None
    pipeline.world.admin.execute("UPDATE email_ledger SET sending_since = now() - interval '1 hour'")
    turn(aws, "email", pipeline.consumers["email"].take)
    assert len(pipeline.outbound.accepted) == 1
    assert pipeline.state() == "EMAILED"


def test_work_that_cannot_be_done_is_tried_by_the_queue_first(pipeline: Pipeline) -> None:
    email_stage(pipeline)
    pipeline.outbound.script = Unavailable("throttled")
    message = pipeline.message("email")
    for received in range(1, FEWEST_RECEIVES):
        with pytest.raises(Unavailable):
            pipeline.consumers["email"].take(Message(message.body, "receipt", received))
    pipeline.consumers["email"].take(Message(message.body, "receipt", FEWEST_RECEIVES))
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE consumed_at IS NULL") == 1


def test_an_event_of_ses_is_never_dropped(pipeline: Pipeline) -> None:
    email_stage(pipeline)
    pipeline.take("email")
    event = ses_event(pipeline.outbound.accepted[0][2])
    pipeline.world.database.close()
    with pytest.raises(Unavailable):
        EventRecorder(pipeline.world.database).take(Message(event.body, "receipt", 99))


def test_the_relay_tries_a_mail_for_two_days(pipeline: Pipeline) -> None:
    assert sum(MAIL_PATIENCE_SECONDS) >= 48 * 3600
    email_stage(pipeline)
    tries = len(MAIL_PATIENCE_SECONDS)
    pipeline.world.admin.execute("UPDATE outbox SET attempts = %s, due_at = now() WHERE queue = 'email'", (tries - 1,))
    assert pipeline.relay() == 1
    assert pipeline.state() == "DOCUMENTED"
    waits = "SELECT extract(epoch FROM due_at - sent_at) FROM outbox WHERE queue = 'email'"
    assert pipeline.world.value(waits) == 3600
    pipeline.world.admin.execute("UPDATE outbox SET due_at = now() WHERE queue = 'email'")
    pipeline.relay()
    assert pipeline.state() == "PARKED"
    assert f"{tries} deliveries" in pipeline.reason()


def test_one_payload_that_s3_refuses_holds_up_no_other(pipeline: Pipeline) -> None:
    for _ in range(3):
        pipeline.shop.order()
    bad = str(pipeline.world.value("SELECT path FROM outbox ORDER BY id LIMIT 1"))

    class Picky(PayloadStore):
        def put_once(self, key: str, body: bytes, content_type: str) -> None:
            if key == bad:
                raise Unavailable("S3 refuses")
            super().put_once(key, body, content_type)

    picky = Picky(BUCKET, REGION)
    with pytest.raises(Unavailable):
        relay_batch(pipeline.world.database, picky, pipeline.sender)
    assert relay_batch(pipeline.world.database, picky, pipeline.sender) == 2
    assert pipeline.aws.waiting("invoice") == 2


def test_one_queue_that_is_down_holds_up_no_other(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    pipeline.relay()
    pipeline.take("invoice")
    pipeline.shop.order()

    class Half:
        def send(self, queue: str, bodies: Mapping[str, str]) -> frozenset[str]:
            if queue == "invoice":
                raise Unavailable("the queue does not answer")
            return pipeline.sender.send(queue, bodies)

    with pytest.raises(Unavailable):
        relay_batch(pipeline.world.database, pipeline.aws.payloads, Half())
    assert relay_batch(pipeline.world.database, pipeline.aws.payloads, Half()) == 1
    assert (pipeline.aws.waiting("document"), pipeline.aws.waiting("invoice")) == (1, 1)


def test_a_path_that_was_sent_without_an_answer_is_sent_again_and_has_one_effect(
    pipeline: Pipeline, short_polls: None
) -> None:
    pipeline.shop.order()

    class Deaf:
        def send(self, queue: str, bodies: Mapping[str, str]) -> frozenset[str]:
            pipeline.sender.send(queue, bodies)
            raise Unavailable("the queue does not answer")

    with pytest.raises(Unavailable):
        relay_batch(pipeline.world.database, pipeline.aws.payloads, Deaf())
    pipeline.world.admin.execute("UPDATE outbox SET due_at = now()")
    assert pipeline.relay() == 1
    assert pipeline.aws.waiting("invoice") == 2
    turn(pipeline.aws, "invoice", pipeline.consumers["invoice"].take, turns=2)
    assert pipeline.aws.waiting("invoice") == 0
    assert pipeline.world.value("SELECT count(*) FROM invoice") == 1


def test_messages_whose_deletion_was_lost_have_no_further_effect(pipeline: Pipeline, short_polls: None) -> None:
    for _ in range(3):
        pipeline.shop.order()
    pipeline.relay()
    stop = threading.Event()

    class Mute(Source):
        def delete(self, messages: Sequence[Message]) -> None:
            """As if the worker had died just before, and the messages were visible again."""
            self.hide(messages, 0)
            stop.set()

    take = pipeline.consumers["invoice"].take
    poll(Mute(pipeline.aws.urls["invoice"], REGION, 60), take, lambda: None, stop, lambda: None)
    assert pipeline.aws.waiting("invoice") == 3
    turn(pipeline.aws, "invoice", take)
    assert pipeline.aws.waiting("invoice") == 0
    assert pipeline.world.value("SELECT array_agg(number ORDER BY number) FROM invoice") == [1, 2, 3]


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


def at_once(take: Callable[[Message], None]) -> Callable[[Message], None]:
    """The same, but what asks to come back later comes back at once."""

    def impatient(message: Message) -> None:
        try:
            take(message)
        except Retry as wish:
            wish.seconds = 0
            raise

    return impatient

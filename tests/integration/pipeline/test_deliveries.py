"""Between a queue and its worker: poison, work that cannot be done, and what the relay brings again."""

import json
from collections.abc import Callable

import boto3
import pytest

from services.common.errors import Poison, Retry, Unavailable
from services.common.pipeline.queues import Message
from services.email.events import EventRecorder
from services.email.mailer import OutcomeUnknown
from services.registry import FEWEST_RECEIVES, MAIL_PATIENCE_SECONDS, PATIENCE_SECONDS
from tests.integration.conftest import REGION, Aws
from tests.integration.pipeline.conftest import turn
from tests.support.pipeline import Pipeline, email_stage, ses_event

RECEIVES = 3


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


def at_once(take: Callable[[Message], None]) -> Callable[[Message], None]:
    """The same, but what asks to come back later comes back at once."""

    def impatient(message: Message) -> None:
        try:
            take(message)
        except Retry as wish:
            wish.seconds = 0
            raise

    return impatient

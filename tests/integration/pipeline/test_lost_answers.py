"""Between the relay, S3, the queues and a worker: parts that are down, and answers that are lost."""

import threading
from collections.abc import Mapping, Sequence

import pytest

from services.common.errors import Unavailable
from services.common.pipeline.payloads import PayloadStore
from services.common.pipeline.polling import poll
from services.common.pipeline.queues import Message, Source
from services.relay.relay import relay_batch
from tests.integration.conftest import BUCKET, REGION
from tests.integration.pipeline.conftest import turn
from tests.support.pipeline import Pipeline


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

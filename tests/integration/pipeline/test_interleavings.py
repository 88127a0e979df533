"""Relay and workers in each other's way: slow, overtaken, or too late."""

import threading
from collections.abc import Mapping
from email.message import EmailMessage
from uuid import UUID

import pytest

from services.common.errors import LeaseLost, Unavailable
from services.common.pipeline.payloads import PayloadStore
from services.email.mailer import OutcomeUnknown
from services.relay.relay import BATCH, relay_batch
from tests.integration.conftest import BUCKET, REGION
from tests.support.pipeline import Pipeline, email_stage


def test_a_worker_does_not_wait_for_a_relay_that_waits_for_s3(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    pipeline.relay()
    pipeline.world.admin.execute("UPDATE outbox SET due_at = now()")
    putting, finished = threading.Event(), threading.Event()

    class Slow(PayloadStore):
        def put_once(self, key: str, body: bytes, content_type: str) -> None:
            putting.set()
            finished.wait(20)

    relay = threading.Thread(
        target=relay_batch, args=(pipeline.world.database, Slow(BUCKET, REGION), pipeline.sender), daemon=True
    )
    relay.start()
    assert putting.wait(20)
    assert pipeline.relay() == 0
    try:
        pipeline.take("invoice")
    finally:
        finished.set()
        relay.join(20)
    assert pipeline.state() == "INVOICED"
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE consumed_at IS NULL") == 1


def test_what_a_queue_refuses_is_sent_later_and_keeps_nobody_busy(pipeline: Pipeline) -> None:
    for _ in range(BATCH):
        pipeline.shop.order()

    class Full:
        def send(self, queue: str, bodies: Mapping[str, str]) -> frozenset[str]:
            return frozenset()

    assert relay_batch(pipeline.world.database, pipeline.aws.payloads, Full()) == BATCH
    assert relay_batch(pipeline.world.database, pipeline.aws.payloads, Full()) == 0
    pipeline.world.admin.execute("UPDATE outbox SET due_at = now()")
    assert pipeline.relay() == BATCH
    assert pipeline.aws.waiting("invoice") == BATCH


def test_a_mail_that_was_sent_stays_sent_when_the_lease_is_lost(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    email_stage(pipeline)
    send = pipeline.outbound.send

    def overtaken(message: EmailMessage, recipient: str, attempt_id: UUID) -> str:
        pipeline.world.admin.execute("UPDATE inbox SET lease_token = gen_random_uuid(), lease_until = now()")
        return send(message, recipient, attempt_id)

    monkeypatch.setattr(pipeline.outbound, "send", overtaken)
    with pytest.raises(LeaseLost):
        pipeline.take("email")
    pipeline.world.admin.execute("UPDATE email_ledger SET sending_since = now() - interval '1 hour'")
    pipeline.take("email")
    assert len(pipeline.outbound.accepted) == 1
    assert pipeline.state() == "EMAILED"


def test_a_late_refusal_does_not_take_back_the_attempt_after_it(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    email_stage(pipeline)

    def overtaken(*_: object) -> str:
        pipeline.world.admin.execute("UPDATE email_ledger SET attempt_id = gen_random_uuid(), sending_since = now()")
        raise Unavailable("throttled")

    monkeypatch.setattr(pipeline.outbound, "send", overtaken)
    with pytest.raises(Unavailable):
        pipeline.take("email")
    assert pipeline.world.value("SELECT sending_since > now() - interval '1 minute' FROM email_ledger")


@pytest.mark.parametrize("queue", ["document", "email"])
def test_a_parked_order_does_not_go_on_by_itself(pipeline: Pipeline, queue: str) -> None:
    {"document": invoiced, "email": email_stage}[queue](pipeline)
    pipeline.world.admin.execute("UPDATE sales_order SET state = 'PARKED', reason = 'a person has to look'")
    rows = pipeline.world.value("SELECT count(*) FROM outbox")
    pipeline.outbound.script = OutcomeUnknown("must not be called")
    pipeline.take(queue)
    assert pipeline.state() == "PARKED"
    assert pipeline.outbound.accepted == []
    assert pipeline.world.value("SELECT count(*) FROM outbox") == rows


def invoiced(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    pipeline.relay()
    pipeline.take("invoice")
    pipeline.relay()

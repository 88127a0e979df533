"""From the outbox to the mail, worker by worker, with every delivery and failure that the queues may bring."""

import json
from decimal import Decimal
from uuid import uuid4

import pytest

from services.common.errors import LeaseLost, Park, Poison, Retry, Unavailable
from services.common.pipeline.inbox import claim, finish
from services.common.pipeline.payloads import PayloadStore
from services.common.pipeline.queues import Message
from services.email.events import EventRecorder
from services.email.mailer import OutcomeUnknown
from services.registry import PATIENCE_SECONDS
from services.relay.relay import relay_batch
from tests.integration.conftest import BUCKET, REGION
from tests.support.pipeline import Pipeline, email_stage, s3_key, ses_event


def test_an_order_becomes_one_mail_with_its_invoice(pipeline: Pipeline) -> None:
    shown = pipeline.shop.get(pipeline.run()).json
    assert shown is not None
    assert shown["state"] == "EMAILED"
    assert shown["invoiceNumber"] == "EU-000001"
    assert Decimal(shown["invoiceTotal"]) == pipeline.world.value("SELECT amount FROM invoice")
    stages = [stage["stage"] for stage in shown["stages"]]
    assert stages == ["RESERVED", "CONFIRMED", "INVOICED", "DOCUMENTED", "EMAILED"]
    [(message, recipient, _)] = pipeline.outbound.accepted
    assert recipient == pipeline.world.customer("liffey").email
    [attachment] = message.iter_attachments()
    assert attachment.get_filename() == "invoice-EU-000001.pdf"
    assert attachment.get_content().startswith(b"%PDF")


def test_a_round_total_is_shown_with_the_decimals_of_its_currency(pipeline: Pipeline) -> None:
    pipeline.world.admin.execute("UPDATE product_price SET sales_price = 50")
    pipeline.world.admin.execute("UPDATE customer SET country = 'US', vat_id = NULL")
    assert pipeline.shop.get(pipeline.run()).json["invoiceTotal"] == "100.00"  # type: ignore[index]


def test_every_delivery_three_times_has_no_further_effect(pipeline: Pipeline) -> None:
    for _ in range(3):
        pipeline.run(times=3)
    assert len(pipeline.outbound.accepted) == 3
    assert pipeline.world.value("SELECT array_agg(number ORDER BY number) FROM invoice") == [1, 2, 3]
    assert pipeline.world.value("SELECT count(*) FROM outbox") == 9
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE consumed_at IS NULL") == 0


def test_each_legal_entity_has_its_own_series(pipeline: Pipeline) -> None:
    pipeline.run()
    theirs = pipeline.shop.body(subscriptionId=str(pipeline.world.customer("siam").subscription_id))
    pipeline.shop.order(theirs, who="siam")
    pipeline.relay()
    pipeline.take("invoice")
    assert pipeline.world.value("SELECT array_agg(invoice_number ORDER BY series DESC) FROM invoice") == [
        "EU-000001",
        "AP-000001",
    ]


def test_a_number_is_given_back_when_the_invoice_cannot_be_made(pipeline: Pipeline) -> None:
    pipeline.world.admin.execute("UPDATE customer SET vat_id = 'nonsense' WHERE country = 'DE'")
    theirs = pipeline.shop.body(subscriptionId=str(pipeline.world.customer("mueller").subscription_id))
    pipeline.shop.order(theirs, who="mueller")
    pipeline.relay()
    pipeline.take("invoice")
    assert pipeline.state() == "PARKED"
    assert "nonsense" in pipeline.reason()
    pipeline.run()
    assert pipeline.world.value("SELECT max(number) FROM invoice") == 1


def test_a_buyer_that_cannot_stand_on_an_invoice_is_parked(pipeline: Pipeline) -> None:
    pipeline.world.admin.execute("UPDATE customer SET company_name = chr(8238) || 'moc' WHERE country = 'IE'")
    pipeline.shop.order()
    pipeline.relay()
    pipeline.take("invoice")
    assert pipeline.state() == "PARKED"
    assert "U+202E" in pipeline.reason()


def test_nothing_is_sent_before_the_payload_is_in_s3(pipeline: Pipeline) -> None:
    pipeline.shop.order()

    class Down(PayloadStore):
        def put_once(self, key: str, body: bytes, content_type: str) -> None:
            raise Unavailable("S3 is down")

    with pytest.raises(Unavailable):
        relay_batch(pipeline.world.database, Down(BUCKET, REGION), pipeline.sender)
    assert pipeline.aws.waiting("invoice") == 0
    assert pipeline.world.value("SELECT attempts FROM outbox") == 0
    pipeline.world.admin.execute("UPDATE outbox SET due_at = now()")
    assert pipeline.relay() == 1
    assert pipeline.aws.waiting("invoice") == 1


def test_a_payload_that_nobody_consumed_is_sent_again_and_parked_in_the_end(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    for sent in range(1, len(PATIENCE_SECONDS) + 1):
        assert pipeline.relay() == 1
        assert pipeline.relay() == 0
        assert pipeline.aws.waiting("invoice") == sent
        pipeline.world.admin.execute("UPDATE outbox SET due_at = now()")
    pipeline.relay()
    assert pipeline.state() == "PARKED"
    assert "8 deliveries" in pipeline.reason()
    pipeline.world.admin.execute("UPDATE outbox SET due_at = now() WHERE due_at <> 'infinity'")
    assert pipeline.relay() == 0


POISON = [
    "not json",
    "[" * 100_000,
    "[]",
    '{"path": 7}',
    '{"path": "a", "bucket": "theirs"}',
    '{"path": "../../etc/passwd"}',
    '{"path": "http://169.254.169.254/latest/meta-data"}',
    json.dumps({"path": f"{uuid4()}/{uuid4()}/invoice/1-{'0' * 64}.json"}),
]


@pytest.mark.parametrize("body", POISON, ids=range(len(POISON)))
def test_a_message_that_is_none_of_ours_is_poison(pipeline: Pipeline, body: str) -> None:
    with pytest.raises(Poison):
        pipeline.consumers["invoice"].take(Message(body, "receipt", 1))


def test_a_payload_of_an_unknown_version_is_refused_not_guessed(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    pipeline.world.admin.execute(
        """UPDATE outbox SET body = replace(body, '"manifestVersion":2', '"manifestVersion":3')"""
    )
    pipeline.world.admin.execute("UPDATE outbox SET sha256 = encode(sha256(body::bytea), 'hex')")
    pipeline.relay()
    with pytest.raises(Poison, match="version 3, and this release knows version 2 and older"):
        pipeline.take("invoice")
    assert pipeline.state() == "CONFIRMED"


def test_a_slow_worker_cannot_commit_what_another_took_over(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    path, database = s3_key(pipeline), pipeline.world.database
    with database.transaction() as connection:
        slow = claim(connection, "invoice", path)
    assert slow is not None
    with database.transaction() as connection, pytest.raises(Retry):
        claim(connection, "invoice", path)
    pipeline.world.admin.execute("UPDATE inbox SET lease_until = now()")
    with database.transaction() as connection:
        assert claim(connection, "invoice", path) is not None
    with pytest.raises(LeaseLost), database.transaction() as connection:
        finish(connection, slow)


def test_a_mail_of_unknown_outcome_is_settled_by_the_send_event(pipeline: Pipeline) -> None:
    email_stage(pipeline)
    pipeline.outbound.script, pipeline.outbound.accepts_before_failing = OutcomeUnknown("reset"), True
    with pytest.raises(Retry):
        pipeline.take("email")
    pipeline.outbound.script = None
    with pytest.raises(Retry):
        pipeline.take("email")
    recorder = EventRecorder(pipeline.world.database)
    for _ in range(2):
        recorder.take(ses_event(pipeline.outbound.accepted[0][2]))
    pipeline.take("email")
    assert len(pipeline.outbound.accepted) == 1
    assert pipeline.state() == "EMAILED"
    assert pipeline.world.value("SELECT message_id FROM email_ledger") == "from-event"


def test_a_mail_without_evidence_is_sent_again_after_the_window(pipeline: Pipeline) -> None:
    email_stage(pipeline)
    pipeline.outbound.script = OutcomeUnknown("reset")
    with pytest.raises(Retry):
        pipeline.take("email")
    pipeline.outbound.script = None
    pipeline.world.admin.execute("UPDATE email_ledger SET sending_since = now() - interval '61 seconds'")
    pipeline.take("email")
    assert len(pipeline.outbound.accepted) == 1
    assert pipeline.world.value("SELECT attempts FROM email_ledger") == 2


def test_a_mail_that_ses_refuses_for_good_parks_the_order(pipeline: Pipeline) -> None:
    email_stage(pipeline)
    pipeline.outbound.script = Park("SES refuses the mail: MessageRejected")
    pipeline.take("email")
    assert pipeline.state() == "PARKED"


def test_a_mail_that_ses_refuses_for_now_needs_no_evidence(pipeline: Pipeline) -> None:
    email_stage(pipeline)
    pipeline.outbound.script = Unavailable("throttled")
    with pytest.raises(Unavailable):
        pipeline.take("email")
    pipeline.outbound.script = None
    pipeline.take("email")
    assert len(pipeline.outbound.accepted) == 1


@pytest.mark.parametrize("body", ["no json", "{}", '{"eventType": "Send"}'])
def test_an_event_that_is_none_is_poison(pipeline: Pipeline, body: str) -> None:
    with pytest.raises(Poison):
        EventRecorder(pipeline.world.database).take(Message(body, "receipt", 1))


def test_the_greeting_of_an_event_destination_is_no_poison(pipeline: Pipeline) -> None:
    greeting = "Successfully validated SNS topic for Amazon SES event publishing."
    EventRecorder(pipeline.world.database).take(Message(greeting, "receipt", 1))
    assert pipeline.world.value("SELECT count(*) FROM mail_event") == 0


def test_an_event_of_a_mail_that_is_not_ours_is_passed_over(pipeline: Pipeline) -> None:
    body = {"eventType": "Send", "mail": {"messageId": "x", "timestamp": "2026-11-22T12:00:00Z", "tags": {}}}
    EventRecorder(pipeline.world.database).take(Message(json.dumps(body), "receipt", 1))
    assert pipeline.world.value("SELECT count(*) FROM mail_event") == 0

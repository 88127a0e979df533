"""Bounces and complaints: recorded with the order, and the end of mails to that address."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from local.mail.envelope import Envelope
from local.mail.events import Origin, events
from local.mail.store import Mail
from services.common.errors import Poison, Retry
from services.common.pipeline.queues import Message
from services.email.events import EventRecorder
from services.email.mailer import OutcomeUnknown
from services.invoice.crediting import issue
from tests.support.bounces import bounce, told
from tests.support.credit_requests import wish
from tests.support.pipeline import SENDER, Pipeline, email_stage, ses_event


def record(pipeline: Pipeline, message: Message, *, times: int = 1) -> None:
    for _ in range(times):
        EventRecorder(pipeline.world.database).take(message)


def complaint(address: str, **more: str) -> dict[str, object]:
    return {"complainedRecipients": [{"emailAddress": address}], **more}


def stages(pipeline: Pipeline, address: str) -> list[tuple[str, str]]:
    shown = pipeline.shop.get(address).json
    assert shown is not None
    return [(stage["stage"], stage["detail"]) for stage in shown["stages"]]


def test_a_hard_bounce_shows_in_the_order_and_ends_mails_to_the_address(pipeline: Pipeline) -> None:
    address = pipeline.run()
    to = pipeline.world.customer("liffey").email
    record(pipeline, told(pipeline, "Bounce", bounce(to)), times=3)
    assert [stage for stage, _ in stages(pipeline, address)][-2:] == ["EMAILED", "BOUNCED"]
    email_stage(pipeline)
    pipeline.take("email")
    assert pipeline.state() == "PARKED"
    reason = str(pipeline.world.value("SELECT reason FROM sales_order WHERE state = 'PARKED'"))
    assert "since 2026-11-22: its mail provider refuses it for good (hard bounce)" in reason
    assert to not in reason
    assert len(pipeline.outbound.accepted) == 1
    ledger = pipeline.world.admin.execute("SELECT state, reason FROM email_ledger ORDER BY created_at").fetchall()
    assert ledger[0] == ("SENT", None)
    assert ledger[1][0] == "FAILED"
    assert "hard bounce" in str(ledger[1][1])


def test_a_complaint_ends_mails_too(pipeline: Pipeline) -> None:
    address = pipeline.run()
    record(pipeline, told(pipeline, "Complaint", complaint(pipeline.world.customer("liffey").email)))
    assert stages(pipeline, address)[-1][0] == "COMPLAINED"
    email_stage(pipeline)
    pipeline.take("email")
    assert pipeline.state() == "PARKED"
    assert "(complaint)" in str(pipeline.world.value("SELECT reason FROM sales_order WHERE state = 'PARKED'"))


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("Bounce", bounce("x@y.example", "Transient")),
        ("Bounce", bounce("x@y.example", "Undetermined")),
        ("Complaint", complaint("x@y.example", complaintFeedbackType="not-spam")),
        ("Delivery", {"recipients": ["x@y.example"]}),
    ],
)
def test_what_may_still_end_well_suppresses_nobody(pipeline: Pipeline, kind: str, detail: dict[str, object]) -> None:
    address = pipeline.run()
    record(pipeline, told(pipeline, kind, detail))
    assert pipeline.world.value("SELECT count(*) FROM mail_event") == 1
    assert pipeline.world.value("SELECT count(*) FROM mail_suppression") == 0
    assert stages(pipeline, address)[-1][0] == "EMAILED"


def test_a_hard_bounce_counts_after_a_passing_one(pipeline: Pipeline) -> None:
    pipeline.run()
    to = pipeline.world.customer("liffey").email
    for kind in ("Transient", "Permanent"):
        record(pipeline, told(pipeline, "Bounce", bounce(to, kind)))
    assert pipeline.world.value("SELECT cause FROM mail_suppression") == "Bounce"


def test_other_customers_and_other_letters_of_an_address(pipeline: Pipeline) -> None:
    pipeline.run()
    record(pipeline, told(pipeline, "Bounce", bounce(pipeline.world.customer("liffey").email.upper())))
    theirs = pipeline.shop.body(subscriptionId=str(pipeline.world.customer("siam").subscription_id))
    pipeline.shop.order(theirs, who="siam")
    for queue in ("invoice", "document", "email"):
        pipeline.relay()
        pipeline.take(queue)
    assert pipeline.state() == "EMAILED"
    email_stage(pipeline)
    pipeline.take("email")
    assert pipeline.state() == "PARKED"


def test_a_mail_that_bounced_before_it_was_written_down_was_sent_all_the_same(pipeline: Pipeline) -> None:
    email_stage(pipeline)
    pipeline.outbound.script, pipeline.outbound.accepts_before_failing = OutcomeUnknown("reset"), True
    with pytest.raises(Retry):
        pipeline.take("email")
    attempt = pipeline.outbound.accepted[-1][2]
    record(pipeline, ses_event(attempt))
    record(pipeline, told(pipeline, "Bounce", bounce(pipeline.world.customer("liffey").email)))
    pipeline.outbound.script = None
    pipeline.take("email")
    assert pipeline.state() == "EMAILED"
    assert len(pipeline.outbound.accepted) == 1


def test_a_credit_note_that_cannot_be_mailed_shows_in_the_history_of_its_finished_order(pipeline: Pipeline) -> None:
    address = pipeline.run()
    record(pipeline, told(pipeline, "Bounce", bounce(pipeline.world.customer("liffey").email)))
    with pipeline.world.database.transaction() as connection:
        issue(connection, wish(pipeline.world, None))
    for queue in ("document", "email"):
        pipeline.relay()
        pipeline.take(queue)
    stage, detail = stages(pipeline, address)[-1]
    assert (stage, pipeline.state()) == ("STOPPED", "EMAILED")
    assert "hard bounce" in detail
    assert len(pipeline.outbound.accepted) == 1


def test_an_attempt_that_nobody_knows_suppresses_but_belongs_to_no_order(pipeline: Pipeline) -> None:
    record(pipeline, told(pipeline, "Bounce", bounce("gone@y.example"), uuid4()))
    assert pipeline.world.value("SELECT count(*) FROM mail_suppression") == 1
    assert pipeline.world.value("SELECT count(*) FROM order_event") == 0


@pytest.mark.parametrize(
    "detail", [{}, {"bounceType": "Permanent"}, {"bounceType": "Permanent", "bouncedRecipients": [{}]}]
)
def test_a_bounce_that_names_nobody_is_poison(pipeline: Pipeline, detail: dict[str, object]) -> None:
    with pytest.raises(Poison):
        record(pipeline, told(pipeline, "Bounce", detail, uuid4()))


@pytest.mark.parametrize(("simulated", "stage"), [("bounce", "BOUNCED"), ("complaint", "COMPLAINED")])
def test_the_events_of_the_one_machine_run_are_understood(pipeline: Pipeline, simulated: str, stage: str) -> None:
    to = f"{simulated}@simulator.amazonses.com"
    pipeline.world.admin.execute("UPDATE customer SET email = %s WHERE country = 'IE'", (to,))
    address = pipeline.run()
    message, recipient, attempt = pipeline.outbound.accepted[-1]
    assert recipient == to
    envelope = Envelope(
        message_id="m-1",
        accepted_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        source=SENDER,
        sender=SENDER,
        subject=str(message["Subject"]),
        to=(to,),
        tags={"attempt": (str(attempt),)},
    )
    for event in events(Mail(envelope, message.as_bytes()), Origin("1", "eu-west-1")):
        record(pipeline, Message(event.text, "receipt", 1))
    assert stages(pipeline, address)[-1][0] == stage

"""The e-mail ledger: every transition, and events that come late, twice, in another order or about nothing."""

import json
import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.common.errors import Park, Retry, Unavailable
from services.common.pipeline.queues import Message
from services.email.events import EventRecorder
from services.email.mailer import OutcomeUnknown
from tests.integration.conftest import Aws, World
from tests.support.bounces import bounce, told
from tests.support.desk import Desk
from tests.support.pipeline import Pipeline, email_stage, ses_event

DECISION = Path(__file__).parents[3] / "docs" / "decisions" / "0003-mail-is-sent-once-by-evidence.md"


@pytest.fixture
def pipeline(world: World, aws: Aws) -> Pipeline:
    pipeline = Pipeline(world, aws)
    email_stage(pipeline)
    return pipeline


def tell(pipeline: Pipeline, message: Message) -> None:
    EventRecorder(pipeline.world.database).take(message)


def ledger(pipeline: Pipeline) -> tuple[object, ...]:
    row = pipeline.world.admin.execute("SELECT state, attempts, message_id FROM email_ledger").fetchone()
    assert row is not None
    return row


def attempt(pipeline: Pipeline) -> UUID:
    return UUID(str(pipeline.world.value("SELECT attempt_id FROM email_ledger")))


def lose(pipeline: Pipeline, *, accepted: bool) -> UUID:
    """An attempt whose answer is lost; its id."""
    pipeline.outbound.script, pipeline.outbound.accepts_before_failing = OutcomeUnknown("reset"), accepted
    with pytest.raises(Retry):
        pipeline.take("email")
    pipeline.outbound.script = None
    return attempt(pipeline)


def expire(pipeline: Pipeline) -> None:
    pipeline.world.admin.execute("UPDATE email_ledger SET sending_since = now() - interval '61 seconds'")


def restart(pipeline: Pipeline) -> None:
    """What an operator's restart does."""
    pipeline.world.admin.execute("UPDATE inbox SET finished_at = NULL, lease_until = now() WHERE consumer = 'email'")
    pipeline.world.admin.execute("UPDATE sales_order SET state = 'DOCUMENTED', reason = NULL")


def test_a_refusal_for_now_leaves_the_mail_queued(pipeline: Pipeline) -> None:
    pipeline.outbound.script = Unavailable("throttled")
    for tries in (1, 2, 3):
        with pytest.raises(Unavailable):
            pipeline.take("email")
        assert ledger(pipeline) == ("QUEUED", tries, None)
    pipeline.outbound.script = None
    pipeline.take("email")
    assert ledger(pipeline) == ("SENT", 4, "ses-1")


def test_a_refusal_for_good_fails_with_its_reason_until_a_person_restarts(pipeline: Pipeline) -> None:
    pipeline.outbound.script = Park("SES refuses the mail: AccountSuspendedException: no")
    pipeline.take("email")
    assert ledger(pipeline)[0] == "FAILED"
    assert pipeline.world.value("SELECT reason FROM email_ledger") == pipeline.reason()
    assert pipeline.state() == "PARKED"
    pipeline.outbound.script = None
    restart(pipeline)
    pipeline.take("email")
    assert ledger(pipeline) == ("SENT", 2, "ses-1")
    assert pipeline.state() == "EMAILED"


def test_an_unclear_outcome_waits_and_says_so(pipeline: Pipeline) -> None:
    lose(pipeline, accepted=True)
    with pytest.raises(Retry) as wish:
        pipeline.take("email")
    assert 0 < wish.value.seconds <= 60
    assert ledger(pipeline) == ("UNKNOWN", 1, None)


def test_a_late_event_of_an_earlier_attempt_counts(pipeline: Pipeline) -> None:
    """The first attempt's event is later than the window, and the second one's answer is lost too."""
    first = lose(pipeline, accepted=True)
    expire(pipeline)
    second = lose(pipeline, accepted=False)
    assert first != second
    tell(pipeline, ses_event(first))
    expire(pipeline)
    pipeline.take("email")
    assert len(pipeline.outbound.accepted) == 1
    assert ledger(pipeline) == ("SENT", 2, "from-event")
    assert pipeline.state() == "EMAILED"


@pytest.mark.parametrize(
    ("kind", "detail"),
    [("Delivery", {}), ("Bounce", bounce("x@y.example", "Transient")), ("Bounce", bounce("x@y.example"))],
)
def test_what_happened_to_a_mail_proves_that_it_was_sent(
    pipeline: Pipeline, kind: str, detail: dict[str, object]
) -> None:
    sent = lose(pipeline, accepted=True)
    tell(pipeline, told(pipeline, kind, detail, sent))
    expire(pipeline)
    pipeline.take("email")
    assert len(pipeline.outbound.accepted) == 1
    assert pipeline.state() == "EMAILED"


def test_a_bounce_of_an_earlier_attempt_belongs_to_its_order(pipeline: Pipeline) -> None:
    first = lose(pipeline, accepted=True)
    expire(pipeline)
    pipeline.take("email")
    assert ledger(pipeline)[:2] == ("SENT", 2)
    tell(pipeline, told(pipeline, "Bounce", bounce(pipeline.world.customer("liffey").email), first))
    assert pipeline.world.value("SELECT count(*) FROM order_event WHERE stage = 'BOUNCED'") == 1


def test_an_event_of_an_attempt_never_made_proves_nothing(pipeline: Pipeline) -> None:
    lose(pipeline, accepted=False)
    tell(pipeline, ses_event(uuid4()))
    expire(pipeline)
    pipeline.take("email")
    assert len(pipeline.outbound.accepted) == 1
    assert ledger(pipeline)[:2] == ("SENT", 2)


def test_a_late_answer_does_not_rename_the_mail_that_was_sent(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    send = pipeline.outbound.send

    def overtaken(*arguments: object) -> str:
        # Frozen for longer than the window: by now another worker has sent the mail.
        pipeline.world.admin.execute("UPDATE email_ledger SET state = 'SENT', message_id = 'theirs'")
        return send(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline.outbound, "send", overtaken)
    pipeline.take("email")
    assert ledger(pipeline)[2] == "theirs"
    assert "one mail went out twice" in caplog.text


def test_a_late_refusal_does_not_take_back_a_mail_that_was_sent(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*_: object) -> str:
        pipeline.world.admin.execute("UPDATE email_ledger SET state = 'SENT', message_id = 'theirs'")
        raise Unavailable("throttled")

    monkeypatch.setattr(pipeline.outbound, "send", overtaken)
    with pytest.raises(Unavailable):
        pipeline.take("email")
    assert ledger(pipeline) == ("SENT", 1, "theirs")


def test_ses_not_delivering_what_it_took_shows_in_the_order(pipeline: Pipeline) -> None:
    pipeline.take("email")
    tell(pipeline, told(pipeline, "Reject", {"reason": "Bad content"}))
    assert pipeline.world.value("SELECT detail FROM order_event WHERE stage = 'UNDELIVERED'") == (
        "SES took the mail and did not deliver it: Bad content"
    )
    assert pipeline.world.value("SELECT count(*) FROM mail_suppression") == 0


def test_a_suppression_is_lifted_as_the_decision_says(pipeline: Pipeline) -> None:
    world = pipeline.world
    to = world.customer("liffey").email
    tell(pipeline, told(pipeline, "Bounce", bounce(to), uuid4()))
    pipeline.take("email")
    assert (pipeline.state(), ledger(pipeline)[0]) == ("PARKED", "FAILED")
    [statement] = re.findall(r"```sql\n(.*?)\n```", DECISION.read_text(encoding="utf-8"), re.DOTALL)
    assert world.admin.execute(statement.replace("name@company.example", to).encode()).rowcount == 1
    restart(pipeline)
    pipeline.take("email")
    assert ledger(pipeline)[0] == "SENT"
    assert pipeline.state() == "EMAILED"


def test_a_mail_takes_no_document_of_another_order(pipeline: Pipeline) -> None:
    body = json.loads(str(pipeline.world.value("SELECT body FROM outbox WHERE queue = 'email'")))
    pipeline.world.admin.execute("UPDATE invoice SET document_path = NULL, document_sha256 = NULL")
    email_stage(pipeline)
    pipeline.world.admin.execute(
        "UPDATE invoice SET document_path = %s WHERE document_path IS NOT NULL", (body["attachmentPaths"][0],)
    )
    path = pipeline.world.value("SELECT path FROM outbox WHERE queue = 'email' ORDER BY id LIMIT 1")
    pipeline.consumers["email"].take(Message(json.dumps({"path": path}), "receipt", 1))
    assert pipeline.outbound.accepted == []
    reason = pipeline.world.value("SELECT reason FROM sales_order WHERE state = 'PARKED'")
    assert "is no document of this order" in str(reason)


def test_operators_see_why_a_mail_failed_and_the_events_of_every_attempt(world: World, aws: Aws) -> None:
    desk = Desk(world, aws)
    email_stage(desk.pipeline)
    first = lose(desk.pipeline, accepted=True)
    expire(desk.pipeline)
    desk.pipeline.outbound.script = Park("SES refuses the mail: MessageRejected: no")
    desk.pipeline.take("email")
    tell(desk.pipeline, ses_event(first))
    [mail] = desk.get(f"/orders/{world.value('SELECT id FROM sales_order')}")["mails"]
    assert (mail["state"], mail["failedBecause"]) == ("FAILED", "SES refuses the mail: MessageRejected: no")
    assert [(event["attemptId"], event["eventType"]) for event in mail["events"]] == [(str(first), "Send")]

"""`make policy`: what the user sees, and what CI makes of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from local.host.errors import ProgramError
from local.policy import __main__ as command
from local.policy.annotations import annotations
from local.policy.stacks import Case
from policies.judge import Options, PolicySettings, Resource, judgement
from policies.model import Level
from policies.settings import today
from policies.telling import told
from policies.waivers import Waiver

QUEUE = "aws:sqs/queue:Queue"


def queue(name: str) -> Resource:
    urn = f"urn:pulumi:eu::cloud-sales::{QUEUE}::{name}"
    return Resource(QUEUE, name, urn, {"name": name, "sqsManagedSseEnabled": True}, Options())


def waiver(until: date) -> Waiver:
    return Waiver(
        rule="queue-has-dlq",
        resource="ord*",
        reason="the consumer goes with the next release",
        owner="cloud-sales-platform",
        until=until,
    )


def settings(*waivers: Waiver, **levels: Level) -> PolicySettings:
    stated = {name.replace("_", "-"): level for name, level in levels.items()}
    return PolicySettings(levels=stated, waivers=waivers)


Run = Callable[[PolicySettings], tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on one stack with one queue, whose messages are lost."""

    def with_settings(stated: PolicySettings) -> tuple[int, str]:
        case = Case("eu", (queue("orders"),), stated, {"build": 1.0})
        monkeypatch.setattr(command, "case", lambda _: case)
        code = command.main(["eu", "--annotate"])
        return code, capsys.readouterr().out

    return with_settings


def test_a_mandatory_violation_fails_and_tells_what_why_and_how(run: Run) -> None:
    code, text = run(settings())
    assert code == 1
    assert "queue-has-dlq:\n  - queue 'orders' has no dead-letter queue\n    urn:pulumi:eu" in text
    assert "\n  why: Without one, a message that always fails" in text
    assert "\n  fix: set redrivePolicy" in text
    assert "\n::error file=Pulumi.eu.yaml,title=queue-has-dlq::queue 'orders' has no dead-letter queue. With" in text
    assert "judge 0." in text


def test_advice_does_not_fail_and_a_level_of_the_stack_s_own_is_told(run: Run) -> None:
    code, text = run(settings(queue_has_dlq=Level.ADVISORY))
    assert code == 0
    assert "queue-has-dlq (advisory):" in text
    assert "level set by the stack: queue-has-dlq is advisory" in text
    assert "\n::warning file=Pulumi.eu.yaml,title=queue-has-dlq::" in text


def test_a_waiver_lets_pass_and_is_told(run: Run) -> None:
    until = today() + timedelta(days=1)
    code, text = run(settings(waiver(until)))
    assert code == 0
    assert f"waived by cloud-sales-platform until {until}: the consumer goes with the next release" in text
    assert "1w" in text
    assert "\n::notice file=Pulumi.eu.yaml,title=queue-has-dlq::" in text


def test_an_expired_waiver_fails(run: Run) -> None:
    code, text = run(settings(waiver(today() - timedelta(days=1))))
    assert code == 1
    assert "waiver-expired:\n  - the waiver of queue-has-dlq for 'ord*' by cloud-sales-platform ended on" in text
    assert "2✗" in text


def test_a_stack_that_cannot_be_built_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: str) -> Case:
        raise ProgramError("the program of stack 'eu' failed")

    monkeypatch.setattr(command, "case", fail)
    assert command.main(["eu"]) == 2
    assert "✗ the program of stack 'eu' failed" in capsys.readouterr().out


def test_an_annotation_stays_one_line() -> None:
    many = Resource(QUEUE, "a%\nb", "urn::a", {"sqsManagedSseEnabled": True}, Options())
    (line,) = (one for one in annotations("eu", judgement([many])) if "title=queue-has-dlq" in one)
    assert "\n" not in line
    assert "::error" in line


def test_a_rule_that_many_break_tells_its_reason_once() -> None:
    found = [one for one in judgement([queue("a"), queue("b")]).violations if one.rule == "queue-has-dlq"]
    assert told(found).count("why:") == 1
    assert told(found).count("has no dead-letter queue\n") == 2

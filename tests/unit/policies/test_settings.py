"""What a stack may say about the pack, and what it is told when it says it wrong."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import Field

from policies import catalogue, settings
from policies.examples import sample
from policies.judge import judgement
from policies.levels import SOFTENED, level_of
from policies.model import Level, Resource, Stack
from policies.registry import Configuration, Registry, RuleError
from policies.settings import PolicySettings, PolicySettingsError, parse

QUEUE = "aws:sqs/queue:Queue"
DAY = date(2026, 11, 23)

_TOO_WIDE = ("?*", "[a-z]*", "*-*", "urn:*", "*::*", "urn:pulumi:eu::*", "\u200b*", " ")
_NO_DAYS = (20261231, 1.8e9, "2026-12-31T00:00:00", "2026-12-31 00:00", None)


class Delay(Configuration):
    longest_seconds: Annotated[int, Field(ge=0, le=900)] = 60


def waiver(**changed: Any) -> dict[str, Any]:
    stated = {
        "rule": "short-delay",
        "resource": "orders",
        "reason": "the consumer sleeps until its release",
        "owner": "cloud-sales-platform",
        "until": "2026-12-31",
    }
    return {**stated, **changed}


@pytest.fixture(autouse=True)
def pack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack of one rule, in which a stack may choose something."""
    registry = Registry()

    @registry.resource_rule(
        name="short-delay",
        types=(QUEUE,),
        why="Orders wait.",
        remedy="shorten it.",
        source="this test",
        accepts=(sample(QUEUE, {"delay": 60}),),
        rejects={"waits 61": sample(QUEUE, {"delay": 61})},
        configuration=Delay,
    )
    def short(queue: Resource, chosen: Delay) -> Iterator[str]:
        if queue.properties["delay"] > chosen.longest_seconds:
            yield f"waits {queue.properties['delay']}"

    monkeypatch.setattr(settings, "all_rules", lambda: registry.rules)
    monkeypatch.setattr("policies.judge.all_rules", lambda: registry.rules)


def said(**sections: Any) -> PolicySettings:
    return parse({f"policies:{key}": json.dumps(value) for key, value in sections.items()}, DAY)


def queue(delay: int, name: str = "orders") -> Resource:
    return sample(QUEUE, {"delay": delay}, name)


def test_a_stack_that_says_nothing_takes_the_pack_as_it_is() -> None:
    assert parse({"aws:region": "eu-west-1", "cloud-sales:queues": "{}"}) == PolicySettings()
    assert [one.wrong for one in judgement([queue(61), queue(60)]).vetoes] == ["waits 61"]


def test_a_rule_that_nobody_thought_about_is_mandatory_and_a_soft_one_says_why() -> None:
    assert level_of("a-rule-of-tomorrow") is Level.MANDATORY
    names = {rule.name for rule in catalogue.all_rules()}
    for name, (level, why) in SOFTENED.items():
        assert name in names, name
        assert level is not Level.MANDATORY, name
        assert why.endswith("."), name


def test_a_stack_sets_another_level() -> None:
    advised = judgement([queue(61)], said(levels={"short-delay": "advisory"}))
    assert (len(advised.vetoes), [one.level for one in advised.advice]) == (0, [Level.ADVISORY])
    assert judgement([queue(61)], said(levels={"short-delay": "disabled"})).violations == ()


def test_a_stack_chooses_within_the_rule_s_limits() -> None:
    chosen = said(configuration={"short-delay": {"longestSeconds": 90}})
    assert [one.wrong for one in judgement([queue(90), queue(91)], chosen).vetoes] == ["waits 91"]


@pytest.mark.parametrize(
    ("resource", "covered"),
    [
        ("orders", True),
        ("ord*", True),
        ("*::orders", True),
        ("order", False),
        ("*pulumi*orders", False),
        ("ord[e]rs", False),
    ],
)
def test_a_waiver_covers_what_it_names(resource: str, covered: bool) -> None:
    found = judgement([queue(61)], said(waivers=[waiver(resource=resource)]), DAY)
    assert [one.rule for one in found.violations] == ([] if covered else ["short-delay", "waiver-unused"])
    assert [one.waiver.owner for one in found.waived] == (["cloud-sales-platform"] if covered else [])


def test_a_waiver_holds_on_its_last_day_and_fails_the_day_after() -> None:
    stated = said(waivers=[waiver(until="2026-12-31")])
    assert judgement([queue(61)], stated, date(2026, 12, 31)).vetoes == ()
    over = judgement([queue(61)], stated, date(2027, 1, 1))
    assert [one.rule for one in over.vetoes] == ["short-delay", "waiver-expired"]
    assert "by cloud-sales-platform ended on 2026-12-31" in over.vetoes[1].message
    assert [one.rule for one in judgement([], stated, date(2027, 1, 1)).vetoes] == ["waiver-expired"]


def test_a_waiver_that_nothing_needs_is_told() -> None:
    found = judgement([queue(60)], said(waivers=[waiver()]), DAY)
    assert [(one.rule, one.level) for one in found.violations] == [("waiver-unused", Level.ADVISORY)]


@pytest.mark.parametrize(
    ("sections", "fault"),
    [
        ({"level": {}}, "policies:level is not known: keys are policies:levels, policies:configuration, policies:wai"),
        ({"levels": ["short-delay"]}, "policies:levels should be an object"),
        ({"waivers": "none"}, "policies:waivers should be a list"),
        ({"levels": {"short-dely": "advisory"}}, "names no rule of the pack; did you mean 'short-delay'?"),
        ({"levels": {"short-delay": "off"}}, 'should be one of mandatory, advisory, disabled, not "off"'),
        ({"configuration": {"short-delay": {"longest": 5}}}, "short-delay.longest: Extra inputs"),
        ({"configuration": {"short-delay": {"longestSeconds": "5"}}}, "longestSeconds: Input should be a valid int"),
        ({"configuration": {"short-delay": {"longestSeconds": 901}}}, "less than or equal to 900"),
        ({"waivers": [waiver(rule="other")]}, "policies:waivers[0].rule names no rule of the pack: 'other'"),
        ({"waivers": [waiver(resource="*")]}, "policies:waivers[0].resource: should name a resource"),
        *(({"waivers": [waiver(resource=wide)]}, "should name a resource") for wide in _TOO_WIDE),
        ({"waivers": [waiver(reason="later")]}, "policies:waivers[0].reason: String should have at least 20"),
        ({"waivers": [waiver(owner="")]}, "policies:waivers[0].owner"),
        ({"waivers": [waiver(owner="     ")]}, "policies:waivers[0].owner"),
        ({"waivers": [waiver(reason="." * 30)]}, "policies:waivers[0].reason: should be words on one line"),
        ({"waivers": [waiver(reason="the consumer sleeps\n::error::until it wakes")]}, "should be words on one line"),
        ({"waivers": [waiver(), waiver(until="2026-12-01")]}, "policies:waivers[1] says again what an earlier one"),
        *(({"waivers": [waiver(until=when)]}, "until: should be a day such as") for when in _NO_DAYS),
        ({"waivers": [waiver(until="soon")]}, "policies:waivers[0].until"),
        ({"waivers": [waiver(until="2027-11-30")]}, "policies:waivers[0].until is more than a year away"),
        ({"waivers": [{"rule": "short-delay"}]}, "policies:waivers[0].owner: Field required"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(sections: dict[str, Any], fault: str) -> None:
    with pytest.raises(PolicySettingsError) as refused:
        said(**sections)
    assert fault in str(refused.value)


def test_text_that_is_no_json_is_told_and_not_thrown() -> None:
    for text in ("[" * 100_000, "{", "nonsense"):
        with pytest.raises(PolicySettingsError, match="policies:waivers should be a list"):
            parse({"policies:waivers": text}, DAY)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(PolicySettingsError) as refused:
        said(levels={"a": "advisory"}, waivers=[waiver(owner="")])
    assert len(str(refused.value).splitlines()) == 3


def test_a_configuration_needs_defaults() -> None:
    class Lacking(Configuration):
        days: int

    with pytest.raises(RuleError, match="needs a default for every field"):
        Registry().resource_rule(
            name="lacking",
            types=(QUEUE,),
            why="Because.",
            remedy="do.",
            source="this test",
            accepts=(queue(1),),
            rejects={"no": queue(2)},
            configuration=Lacking,
        )(lambda _, __: [])


def test_a_rule_without_anything_to_choose_refuses_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    (rule, *_) = (one for one in catalogue.all_rules() if one.configuration is None)
    monkeypatch.setattr(settings, "all_rules", lambda: (rule,))
    with pytest.raises(PolicySettingsError, match="has nothing to choose"):
        said(configuration={rule.name: {}})
    assert list(rule.findings(Stack.of([]))) == []

"""Every rule lets its good examples pass and refuses its bad ones, for the stated reason."""

import pytest

from policies.catalogue import all_rules
from policies.model import Level, Stack
from policies.registry import Rule

MANDATORY = {
    "aurora-encrypted-cmk",
    "aurora-iam-auth",
    "aurora-runtime-ignored",
    "data-protected",
    "dlq-retention",
    "iam-no-star",
    "payload-expiry-30d",
    "pod-hardening",
    "queue-has-dlq",
    "route-auth",
    "s3-kms",
    "s3-public-access-block",
    "s3-tls-only",
    "sqs-encrypted",
}

ACCEPTED = [
    pytest.param(rule, stack, id=f"{rule.name}-{number}")
    for rule in all_rules()
    for number, stack in enumerate(rule.accepts)
]
REJECTED = [
    pytest.param(rule, phrase, stack, id=f"{rule.name}-{phrase}")
    for rule in all_rules()
    for phrase, stack in rule.rejects.items()
]


@pytest.mark.parametrize(("rule", "stack"), ACCEPTED)
def test_a_good_example_passes(rule: Rule, stack: Stack) -> None:
    assert list(rule.violations(stack)) == []


@pytest.mark.parametrize(("rule", "phrase", "stack"), REJECTED)
def test_a_bad_example_is_refused_for_the_stated_reason(rule: Rule, phrase: str, stack: Stack) -> None:
    violations = list(rule.violations(stack))
    assert any(phrase in violation.message for violation in violations), violations
    assert {violation.urn for violation in violations} <= {resource.urn for resource in stack.resources}


@pytest.mark.parametrize(("rule", "phrase", "stack"), REJECTED)
def test_the_message_says_what_why_and_how_to_fix_it(rule: Rule, phrase: str, stack: Stack) -> None:
    for violation in rule.violations(stack):
        wrong, reason, remedy = violation.message.partition(rule.why)
        assert wrong.strip()
        assert reason
        assert rule.remedy in remedy
        assert (violation.rule, violation.level) == (rule.name, rule.level)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_the_examples_are_of_the_types_the_rule_is_about(rule: Rule) -> None:
    for stack in (*rule.accepts, *rule.rejects.values()):
        assert {resource.type for resource in stack.resources} <= set(rule.types)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_the_rule_says_where_it_comes_from(rule: Rule) -> None:
    assert rule.source
    assert rule.why.endswith(".")
    assert rule.remedy.endswith(".")


def test_none_of_the_first_rules_is_lost_or_softened() -> None:
    assert {rule.name for rule in all_rules() if rule.level is Level.MANDATORY} >= MANDATORY

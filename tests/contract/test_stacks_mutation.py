"""What may never be is refused by the rule that the design names for it, and no rule breaks down on what it reads.

A sample; `make mutation` breaks everything, in every stack.
"""

import pytest

from local.policy.stacks import Case, case
from policies.catalogue import all_rules
from policies.model import Level
from policies.registry import Rule
from tests.mutation.report import Report
from tests.mutation.stated import STATED
from tests.mutation.trial import stated, trials

STACKS = ("eu", "global")


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return tuple(case(stack) for stack in STACKS)


def test_what_the_design_forbids_is_refused_by_the_rule_that_it_names(cases: tuple[Case, ...]) -> None:
    tried = [one for each in cases for one in stated(each.stack, each.resources, all_rules())]
    unnoticed = {(one.rule, one.resource.name, one.place, one.kind) for one in tried if not one.caught}
    assert unnoticed == set()
    assert {line.rule for line in STATED} == {one.rule for one in tried}, "a line that breaks nothing proves nothing"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_what_a_rule_refuses_once_it_refuses_everywhere(rule: Rule, cases: tuple[Case, ...]) -> None:
    tried = [one for each in cases for one in trials(each.stack, each.resources, [rule], sample=40)]
    assert [(one.place, one.crash) for one in tried if one.crash] == []
    report = Report(tried)
    # A part of a sample can be of a class that the rest is not: single ones are for `make mutation` to judge.
    missed = report.missed.total() if rule.level is Level.MANDATORY else 0
    assert missed <= 0.02 * max(len(report.demanded), 1), report.missed

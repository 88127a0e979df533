"""Every stack, judged as a whole by every policy."""

import pytest

from policies.judge import Level, Options, Resource, judge
from tests.support.stacks import STACKS, WORLDWIDE, model_of

ADVISED = {WORLDWIDE: {"zone-dnssec-logging"}, **{stack: {"s3-access-logging"} for stack in STACKS}}
"""What is left as it is, for the reasons that `policies.levels` gives."""


@pytest.mark.parametrize("stack", [WORLDWIDE, *STACKS])
def test_a_stack_breaks_no_policy(stack: str) -> None:
    declared = [
        Resource(one.type, one.name, one.urn, one.inputs, Options(one.protect, one.ignore_changes))
        for one in model_of(stack)
    ]
    violations = judge(declared)
    assert [str(violation) for violation in violations if violation.level is Level.MANDATORY] == []
    assert {violation.rule for violation in violations} == ADVISED[stack]

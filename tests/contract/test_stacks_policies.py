"""Every stack, judged as a whole by every policy."""

import pytest

from policies.judge import Options, Resource, judge
from tests.support.stacks import STACKS, WORLDWIDE, model_of


@pytest.mark.parametrize("stack", [WORLDWIDE, *STACKS])
def test_a_stack_breaks_no_policy(stack: str) -> None:
    declared = [
        Resource(one.type, one.name, one.urn, one.inputs, Options(one.protect, one.ignore_changes))
        for one in model_of(stack)
    ]
    assert [str(violation) for violation in judge(declared)] == []

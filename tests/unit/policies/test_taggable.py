"""The list of what can carry tags, against the SDK and against what the stacks are built of."""

import inspect
from importlib import import_module

import pytest

from policies.rules.tags import TAGGABLE
from tests.support.stacks import STACKS, WORLDWIDE, model_of

MODULES = {"lambda": "lambda_"}
"""What the SDK calls otherwise, because Python has a use for the word."""


def takes_tags(token: str) -> bool:
    _, place, name = token.split(":")
    module = place.split("/")[0]
    kind = getattr(import_module(f"pulumi_aws.{MODULES.get(module, module)}"), name)
    return "tags" in inspect.signature(kind._internal_init).parameters


@pytest.mark.parametrize("token", TAGGABLE)
def test_what_is_on_the_list_can_be_tagged(token: str) -> None:
    assert takes_tags(token)


@pytest.mark.parametrize("stack", [WORLDWIDE, *STACKS])
def test_what_a_stack_declares_and_can_be_tagged_is_on_the_list(stack: str) -> None:
    declared = {one.type for one in model_of(stack) if one.type.startswith("aws:")}
    assert {token for token in declared if takes_tags(token)} == declared & set(TAGGABLE)

"""The engine finds a plugin of ours for every provider that a stack asks for, and none of it is the provider's own."""

import pytest

from tests.support.engine import PLUGINS
from tests.support.stacks import STACKS, WORLDWIDE, model_of

OURS = "cloudsales"
ENGINES = "pulumi"
"""What the engine makes itself: stack references, and the stack."""


@pytest.mark.parametrize("stack", [WORLDWIDE, *STACKS])
def test_every_provider_of_a_stack_has_its_plugin(stack: str) -> None:
    asked = {resource.type.partition(":")[0] for resource in model_of(stack).resources} - {OURS, ENGINES}
    assert asked
    for package in asked:
        plugin = PLUGINS / f"pulumi-resource-{package}"
        assert plugin.resolve() == (PLUGINS / "pulumi-resource-aws").resolve()

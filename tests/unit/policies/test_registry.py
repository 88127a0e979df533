"""What the registry refuses, so that no rule is replaced or left untested."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from policies import rules
from policies.catalogue import all_rules
from policies.examples import sample
from policies.model import Resource, Stack
from policies.registry import Registry, RuleError

GOOD = sample("aws:sqs/queue:Queue", {"fifo": True})
BAD = sample("aws:sqs/queue:Queue", {})


def add(registry: Registry, accepts: list[Resource], rejects: dict[str, Resource], name: str = "fifo") -> None:
    @registry.resource_rule(
        name=name,
        types=("aws:sqs/queue:Queue",),
        why="Order matters.",
        remedy="set fifo.",
        source="this test",
        accepts=accepts,
        rejects=rejects,
    )
    def ordered(queue: Resource) -> Iterator[str]:
        if not queue.properties.get("fifo"):
            yield "is not in order"


def test_a_rule_judges_only_its_own_types() -> None:
    registry = Registry()
    add(registry, [GOOD], {"not in order": BAD})
    (rule,) = registry.rules
    other = sample("aws:sns/topic:Topic", {})
    (violation,) = rule.violations(Stack.of([GOOD, other, BAD]))
    assert violation.message == "is not in order. Order matters. To fix it: set fifo."
    assert str(violation) == f"[mandatory] fifo: {violation.message} ({BAD.urn})"


def test_a_name_cannot_be_taken_twice() -> None:
    registry = Registry()
    add(registry, [GOOD], {"not in order": BAD})
    with pytest.raises(RuleError, match="two rules are called 'fifo'"):
        add(registry, [GOOD], {"not in order": BAD})


@pytest.mark.parametrize(("accepts", "rejects"), [([], {"not in order": BAD}), ([GOOD], {})])
def test_a_rule_needs_examples_of_both_sides(accepts: list[Resource], rejects: dict[str, Resource]) -> None:
    registry = Registry()
    with pytest.raises(RuleError, match=r"'fifo' needs examples of both sides"):
        add(registry, accepts, rejects)
    assert registry.rules == ()


def test_rules_come_in_the_order_of_their_names() -> None:
    registry = Registry()
    for name in ("b", "c", "a"):
        add(registry, [GOOD], {"not in order": BAD}, name)
    assert [rule.name for rule in registry.rules] == ["a", "b", "c"]


def test_every_module_of_the_rules_folder_brings_a_rule() -> None:
    for path in Path(rules.__path__[0]).glob("*.py"):
        if path.stem != "__init__":
            module = import_module(f"{rules.__name__}.{path.stem}")
            assert any(vars(rule)["check"].__module__ == module.__name__ for rule in all_rules()), path.name

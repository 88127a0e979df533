"""How a rule enters the pack: one decorated function, its reasons and its examples beside it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, Unpack, overload

from policies.levels import level_of
from policies.model import Level, Resource, Stack
from policies.rule import (
    Chosen,
    Configuration,
    ConfiguredResourceCheck,
    ConfiguredStackCheck,
    ResourceCheck,
    ResourceRule,
    Rule,
    StackCheck,
    StackRule,
)

__all__ = ["RULES", "Configuration", "Registry", "ResourceRule", "Rule", "RuleError", "StackRule"]


class RuleError(Exception):
    """The pack itself is wrong: a name taken twice, or a rule without examples of both sides."""


class _Facts(TypedDict):
    name: str
    types: Sequence[str]
    why: str
    remedy: str
    source: str
    level: NotRequired[Level]


class ResourceFacts(_Facts):
    """What a rule over single resources states; each example is one resource."""

    accepts: Sequence[Resource]
    rejects: Mapping[str, Resource]


class StackFacts(_Facts):
    """What a rule over a stack states; each example is the resources of a small stack."""

    accepts: Sequence[Sequence[Resource]]
    rejects: Mapping[str, Sequence[Resource]]


class Registry:
    """The rules by name; the decorators below are how they get in."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules in the order of their names."""
        return tuple(self._rules[name] for name in sorted(self._rules))

    @overload
    def resource_rule(self, **facts: Unpack[ResourceFacts]) -> Callable[[ResourceCheck], ResourceCheck]: ...

    @overload
    def resource_rule(
        self, *, configuration: type[Chosen], **facts: Unpack[ResourceFacts]
    ) -> Callable[[ConfiguredResourceCheck[Chosen]], ConfiguredResourceCheck[Chosen]]: ...

    def resource_rule(
        self, *, configuration: type[Configuration] | None = None, **facts: Unpack[ResourceFacts]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers the decorated function as a rule over single resources of the stated types."""
        accepts = tuple(Stack.of([one]) for one in facts["accepts"])
        rejects = {phrase: Stack.of([one]) for phrase, one in facts["rejects"].items()}
        return self._entering(ResourceRule, facts, accepts, rejects, configuration)

    @overload
    def stack_rule(self, **facts: Unpack[StackFacts]) -> Callable[[StackCheck], StackCheck]: ...

    @overload
    def stack_rule(
        self, *, configuration: type[Chosen], **facts: Unpack[StackFacts]
    ) -> Callable[[ConfiguredStackCheck[Chosen]], ConfiguredStackCheck[Chosen]]: ...

    def stack_rule(
        self, *, configuration: type[Configuration] | None = None, **facts: Unpack[StackFacts]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers the decorated function as a rule over a whole stack."""
        accepts = tuple(Stack.of(some) for some in facts["accepts"])
        rejects = {phrase: Stack.of(some) for phrase, some in facts["rejects"].items()}
        return self._entering(StackRule, facts, accepts, rejects, configuration)

    def _entering(
        self,
        kind: type[ResourceRule] | type[StackRule],
        facts: _Facts,
        accepts: tuple[Stack, ...],
        rejects: Mapping[str, Stack],
        configuration: type[Configuration] | None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def register(check: Callable[..., Any]) -> Callable[..., Any]:
            rule = kind(
                name=facts["name"],
                types=tuple(facts["types"]),
                why=facts["why"],
                remedy=facts["remedy"],
                level=facts.get("level", level_of(facts["name"])),
                source=facts["source"],
                accepts=accepts,
                rejects=rejects,
                configuration=configuration,
                check=check,
            )
            self._add(rule)
            return check

        return register

    def _add(self, rule: Rule) -> None:
        if rule.name in self._rules:
            raise RuleError(
                f"two rules are called {rule.name!r}: a second one would silently replace the first; rename it"
            )
        if not (rule.accepts and rule.rejects):
            raise RuleError(
                f"rule {rule.name!r} needs examples of both sides, accepts and rejects: "
                "one side alone is met by a rule that always, or never, complains"
            )
        if rule.configuration and any(field.is_required() for field in rule.configuration.model_fields.values()):
            raise RuleError(f"rule {rule.name!r} needs a default for every field of its configuration")
        self._rules[rule.name] = rule


RULES = Registry()
"""The rules of this pack; `policies.catalogue` fills it by importing every module of `policies.rules`."""

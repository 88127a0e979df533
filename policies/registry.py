"""How a rule enters the pack: one decorated function, its reasons and its examples beside it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict, Unpack

from policies.model import Level, Resource, Stack, Violation

ResourceCheck = Callable[[Resource], Iterable[str]]
StackCheck = Callable[[Stack], Iterable[tuple[Resource, str]]]


class RuleError(Exception):
    """The pack itself is wrong: a name taken twice, or a rule without examples of both sides."""


@dataclass(frozen=True)
class Rule(ABC):
    """What may not be built and why.

    `source` names where the rule comes from: a checkov id (CKV...), a vendor's page, or this project's own design.
    `accepts` are stacks it must let pass; `rejects` maps a phrase of the expected message to a stack it must refuse.
    """

    name: str
    types: tuple[str, ...]
    why: str
    remedy: str
    level: Level
    source: str
    accepts: tuple[Stack, ...]
    rejects: Mapping[str, Stack]

    @abstractmethod
    def findings(self, stack: Stack) -> Iterator[tuple[Resource, str]]:
        """Each resource of the stack that breaks the rule, with what is wrong about it."""

    def violations(self, stack: Stack) -> Iterator[Violation]:
        """The findings as violations, with the reason and the remedy in the message."""
        for resource, wrong in self.findings(stack):
            yield Violation(self.name, self.level, resource.urn, f"{wrong}. {self.why} To fix it: {self.remedy}")


@dataclass(frozen=True)
class ResourceRule(Rule):
    """A rule that needs to see one resource at a time; its check yields what is wrong."""

    check: ResourceCheck

    def findings(self, stack: Stack) -> Iterator[tuple[Resource, str]]:
        """See `Rule.findings`."""
        for resource in stack.of_type(*self.types):
            for wrong in self.check(resource):
                yield resource, wrong


@dataclass(frozen=True)
class StackRule(Rule):
    """A rule about how resources stand together; its check yields the resource at fault and what is wrong."""

    check: StackCheck

    def findings(self, stack: Stack) -> Iterator[tuple[Resource, str]]:
        """See `Rule.findings`."""
        yield from self.check(stack)


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

    def resource_rule(self, **facts: Unpack[ResourceFacts]) -> Callable[[ResourceCheck], ResourceCheck]:
        """Registers the decorated function as a rule over single resources of the stated types."""
        accepts = tuple(Stack.of([one]) for one in facts["accepts"])
        rejects = {phrase: Stack.of([one]) for phrase, one in facts["rejects"].items()}

        def register(check: ResourceCheck) -> ResourceCheck:
            self._add(ResourceRule(*_common(facts), accepts=accepts, rejects=rejects, check=check))
            return check

        return register

    def stack_rule(self, **facts: Unpack[StackFacts]) -> Callable[[StackCheck], StackCheck]:
        """Registers the decorated function as a rule over a whole stack."""
        accepts = tuple(Stack.of(some) for some in facts["accepts"])
        rejects = {phrase: Stack.of(some) for phrase, some in facts["rejects"].items()}

        def register(check: StackCheck) -> StackCheck:
            self._add(StackRule(*_common(facts), accepts=accepts, rejects=rejects, check=check))
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
        self._rules[rule.name] = rule


def _common(facts: _Facts) -> tuple[str, tuple[str, ...], str, str, Level, str]:
    level = facts.get("level", Level.MANDATORY)
    return facts["name"], tuple(facts["types"]), facts["why"], facts["remedy"], level, facts["source"]


RULES = Registry()
"""The rules of this pack; `policies.catalogue` fills it by importing every module of `policies.rules`."""

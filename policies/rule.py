"""A rule: what may not be built, why, and the examples that prove it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from policies.model import Level, Resource, Stack, Violation


class Configuration(BaseModel):
    """What of a rule a stack may choose for itself: every field has a default, limits, and a camelCase name outside."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


Chosen = TypeVar("Chosen", bound=Configuration)

ResourceCheck = Callable[[Resource], Iterable[str]]
StackCheck = Callable[[Stack], Iterable[tuple[Resource, str]]]
ConfiguredResourceCheck = Callable[[Resource, Chosen], Iterable[str]]
ConfiguredStackCheck = Callable[[Stack, Chosen], Iterable[tuple[Resource, str]]]


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """What may not be built and why.

    `source` names where the rule comes from: a checkov id (CKV...), a vendor's page, or this project's own design.
    `accepts` are stacks it must let pass; `rejects` maps a phrase of the expected message to a stack it must refuse.
    `configuration` is what a stack may choose; a check that has one is handed it as its second argument.
    """

    name: str
    types: tuple[str, ...]
    why: str
    remedy: str
    level: Level
    source: str
    accepts: tuple[Stack, ...]
    rejects: Mapping[str, Stack]
    configuration: type[Configuration] | None = None
    check: Callable[..., Any]

    def default(self) -> Configuration | None:
        """What holds for a stack that chooses nothing."""
        return self.configuration() if self.configuration else None

    @abstractmethod
    def findings(self, stack: Stack, chosen: Configuration | None = None) -> Iterator[tuple[Resource, str]]:
        """Each resource of the stack that breaks the rule, with what is wrong about it."""

    def violations(
        self, stack: Stack, level: Level | None = None, chosen: Configuration | None = None
    ) -> Iterator[Violation]:
        """The findings as violations, with the reason and the remedy."""
        for resource, wrong in self.findings(stack, chosen):
            yield Violation(self.name, level or self.level, resource.urn, wrong, self.why, self.remedy)

    def _choice(self, chosen: Configuration | None) -> tuple[Configuration, ...]:
        choice = chosen or self.default()
        return (choice,) if choice else ()


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """A rule that needs to see one resource at a time; its check yields what is wrong."""

    def findings(self, stack: Stack, chosen: Configuration | None = None) -> Iterator[tuple[Resource, str]]:
        """See `Rule.findings`."""
        choice = self._choice(chosen)
        for resource in stack.of_type(*self.types):
            for wrong in self.check(resource, *choice):
                yield resource, wrong


@dataclass(frozen=True, kw_only=True)
class StackRule(Rule):
    """A rule about how resources stand together; its check yields the resource at fault and what is wrong."""

    def findings(self, stack: Stack, chosen: Configuration | None = None) -> Iterator[tuple[Resource, str]]:
        """See `Rule.findings`."""
        yield from self.check(stack, *self._choice(chosen))

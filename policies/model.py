"""What the judge sees and says: resources as plain data, and violations.

Nothing here knows the Pulumi SDK, so a rule is judged the same way by the engine, by a test and by the local home.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """What a violation does: a mandatory one vetoes the deployment, an advisory one is only shown.

    Nothing is put right by the pack itself (Pulumi's `remediate`): the program would go on saying what is not so.
    """

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Options:
    """The resource options that rules look at; `ignore_changes` holds property names as they go over the wire."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resource:
    """A declared resource: its type token, logical name, URN and camelCase properties with secrets unwrapped."""

    type: str
    name: str
    urn: str
    properties: Mapping[str, Any]
    options: Options = field(default_factory=Options)

    def text(self, key: str) -> str:
        """The property as text; empty when it is absent."""
        value = self.properties.get(key)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Stack:
    """All resources of one stack, for rules about how resources stand together."""

    resources: tuple[Resource, ...]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The stack's resources of the given type tokens, in the order of their registration."""
        return (resource for resource in self.resources if resource.type in types)

    @classmethod
    def of(cls, resources: Iterable[Resource]) -> "Stack":
        """A stack of these resources, each under the one name by which rules know its type."""
        return cls(tuple(_under_one_name(resource) for resource in resources))


def _under_one_name(resource: Resource) -> Resource:
    # The SDK has some types twice: `aws.s3.BucketV2` is a bucket, and `aws.alb.Listener` a listener, like any other.
    known = re.sub(r"^(aws:s3/bucket\w*)V2:(\w+)V2$", r"\1:\2", resource.type)
    known = re.sub(r"^aws:(alb|applicationloadbalancing|elasticloadbalancingv2)/", "aws:lb/", known)
    return resource if known == resource.type else replace(resource, type=known)


@dataclass(frozen=True)
class Violation:
    """One breach of one rule: what is wrong, why it matters and how to fix it."""

    rule: str
    level: Level
    urn: str
    wrong: str
    why: str = ""
    remedy: str = ""

    @property
    def name(self) -> str:
        """How the resource at fault is called within its type."""
        return self.urn.rpartition("::")[2]

    @property
    def message(self) -> str:
        """The three as one text."""
        return f"{self.wrong}. {self.why} To fix it: {self.remedy}" if self.why else self.wrong

    def __str__(self) -> str:
        return f"[{self.level}] {self.rule}: {self.message} ({self.urn})"

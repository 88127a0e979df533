"""Each property that a rule reads of a golden stack, broken: does the rule say so?

A trial is a rule, a resource, a place in it and a kind of break. The rule that reads the property is the one that has
to complain, and it has to do so anew: what it had against the whole stack before does not count.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import pairwise

from policies.model import Resource, Stack
from policies.registry import ResourceRule, Rule
from tests.mutation.breaking import GONE, at, breaks, broken
from tests.mutation.equivalents import reason_for
from tests.mutation.places import places
from tests.mutation.recording import TEXT, Path, reads_of
from tests.mutation.stated import REMOVED as GIVEN_UP
from tests.mutation.stated import STATED, Stated

Findings = set[tuple[str, str]]
REMOVED = "resource removed"


@dataclass(frozen=True)
class Trial:
    """One break, and what came of it."""

    stack: str
    rule: str
    resource: Resource
    path: Path
    kind: str
    caught: bool
    crash: str = ""

    @property
    def place(self) -> str:
        """The path, the same for every item of a list."""
        known = [step for step in self.path if step != TEXT]
        return "".join(_told(before, step) for before, step in pairwise([None, *known])).removeprefix(".")

    @property
    def reason(self) -> str | None:
        """Why such a break is none; None if it is one."""
        return reason_for(self.rule, self.resource, self.path, self.place, self.kind)


def _told(before: str | int | None, step: str | int | None) -> str:
    # The chart's values have workloads by name.
    return "[*]" if isinstance(step, int) or before == "workloads" else f".{step}"


@dataclass(frozen=True)
class Subject:
    """A rule before a stack: what it had against it from the first."""

    stack: str
    rule: Rule
    resources: Sequence[Resource]
    before: Findings

    def tried(self, number: int, path: Path, kind: str, worlds: Sequence[Sequence[Resource]]) -> Trial:
        """What the rule says of the broken worlds, of which it has to refuse one."""
        trial = Trial(self.stack, self.rule.name, self.resources[number], path, kind, caught=False)
        try:
            return replace(trial, caught=any(_findings(self.rule, world) - self.before for world in worlds))
        except Exception as error:  # noqa: BLE001 a rule that breaks down tells its user nothing
            return replace(trial, crash=repr(error))

    def broken(self, number: int, path: Path) -> Iterator[Trial]:
        """One trial for each kind of break of the property."""
        resource = self.resources[number]
        for kind, values in breaks(at(resource, path), in_policy="Statement" in path):
            changed = [broken(resource, path, value) for value in values]
            if isinstance(self.rule, ResourceRule):
                yield self.tried(number, path, kind, [[one] for one in changed])
            else:
                yield self.tried(number, path, kind, [self.with_instead(number, one) for one in changed])

    def removed(self, number: int) -> Trial:
        """The trial without the resource."""
        return self.tried(number, (), REMOVED, [self.with_instead(number)])

    def with_instead(self, number: int, *instead: Resource) -> list[Resource]:
        """The stack with others in the place of the resource, or with none."""
        return [*self.resources[:number], *instead, *self.resources[number + 1 :]]


def trials(
    stack: str, resources: Sequence[Resource], rules: Sequence[Rule], sample: int | None = None, seed: int = 0
) -> Iterator[Trial]:
    """All breaks of all properties that the rules read, or a random sample of the properties of each rule."""
    chance = random.Random(seed)
    for rule in rules:
        before = _findings(rule, resources)
        reads = sorted(reads_of(rule, resources), key=repr)
        if sample is not None:
            reads = chance.sample(reads, min(sample, len(reads)))
        subject = Subject(stack, rule, resources, before)
        for number, path in reads:
            yield from subject.broken(number, path)
        if not isinstance(rule, ResourceRule):
            yield from (subject.removed(number) for number in sorted({number for number, _ in reads}))


def stated(stack: str, resources: Sequence[Resource], rules: Sequence[Rule]) -> Iterator[Trial]:
    """The breaches that the design names, on every resource that has the place."""
    known = {rule.name: Subject(stack, rule, resources, _findings(rule, resources)) for rule in rules}
    for line in STATED:
        subject = known.get(line.rule)
        if subject is None:
            continue
        for number, resource in enumerate(resources):
            if resource.type != line.type or not fnmatchcase(resource.name, line.where):
                continue
            if line.values[0] is GIVEN_UP:
                yield subject.removed(number)
            else:
                yield from _as_stated(subject, number, line)


def _as_stated(subject: Subject, number: int, line: Stated) -> Iterator[Trial]:
    resource = subject.resources[number]
    for path in places(resource, line.place):
        for value in line.values:
            if not line.place.startswith("+") and at(resource, path) == value:
                continue
            kind = "left out" if value is GONE else f"is {value!r}"
            yield subject.tried(number, path, kind, [subject.with_instead(number, broken(resource, path, value))])


def _findings(rule: Rule, resources: Sequence[Resource]) -> Findings:
    return {(resource.urn, wrong) for resource, wrong in rule.findings(Stack.of(resources))}

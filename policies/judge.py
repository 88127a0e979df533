"""The judge: which rules does a stack break?

    from policies.judge import Level, Options, Resource, judge

    violations = judge(
        [
            Resource(
                type="aws:sqs/queue:Queue",
                name="invoice",
                urn="urn:pulumi:eu::cloud-sales::aws:sqs/queue:Queue::invoice",
                properties={"name": "cloud-sales-eu-invoice", "sqsManagedSseEnabled": True},
                options=Options(protect=False, ignore_changes=()),
            )
        ]
    )
    vetoes = [violation for violation in violations if violation.level is Level.MANDATORY]

`judge` is a pure function over a *whole* stack: some rules need every resource (a queue and its dead-letter queue), so
hand it all resources of a captured program before the first one is created. `properties` are the inputs (inputs with
outputs laid over them do as well) under their camelCase wire names, secrets unwrapped; `ignore_changes` holds wire
names too (`globalClusterIdentifier`). Components and unknown types may be among the resources: rules pick theirs by
type token. Resources refer to each other by their explicit physical names or ARNs. A violation prints as one line with
`str()` and never shows a property that could be a secret. `judgement` also tells what was waived.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from policies.catalogue import all_rules
from policies.model import Level, Options, Resource, Stack, Violation
from policies.settings import PolicySettings, PolicySettingsError, parse, today
from policies.waivers import Waived, apply

__all__ = [
    "Judgement",
    "Level",
    "Options",
    "PolicySettings",
    "PolicySettingsError",
    "Resource",
    "Violation",
    "judge",
    "judgement",
    "parse",
]


@dataclass(frozen=True)
class Judgement:
    """What the pack has against a stack, and what it lets pass by leave."""

    violations: tuple[Violation, ...]
    waived: tuple[Waived, ...]

    @property
    def vetoes(self) -> tuple[Violation, ...]:
        """Because of which the stack may not be built."""
        return tuple(one for one in self.violations if one.level is Level.MANDATORY)

    @property
    def advice(self) -> tuple[Violation, ...]:
        """What is only shown."""
        return tuple(one for one in self.violations if one.level is not Level.MANDATORY)


def judgement(
    resources: Iterable[Resource], settings: PolicySettings | None = None, day: date | None = None
) -> Judgement:
    """What every rule has against the stack, in the order of the rules' names; then what its waivers have."""
    settings = settings or PolicySettings()
    stack = Stack.of(resources)
    found = [
        violation
        for rule in all_rules()
        if (level := settings.level(rule)) is not Level.DISABLED
        for violation in rule.violations(stack, level, settings.configuration.get(rule.name))
    ]
    left, waived = apply(found, settings.waivers, day or today())
    return Judgement(tuple(left), tuple(waived))


def judge(resources: Iterable[Resource], settings: PolicySettings | None = None) -> list[Violation]:
    """Every violation of every rule, in the order of the rules' names."""
    return list(judgement(resources, settings).violations)

"""The same rules in the engine's own terms, for `pulumi preview --policy-pack policies`."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies import waivers
from policies.catalogue import all_rules
from policies.model import Level, Options, Resource, Stack, Violation
from policies.registry import Configuration, ResourceRule, Rule
from policies.settings import PolicySettings, today
from policies.waivers import apply

WAIVED = "waiver-used"
_WAIVED_WHY = "Somebody answers for it, until the day it ends."


def pulumi_policies(settings: PolicySettings | None = None) -> list[Policy]:
    """Every rule of the pack as a Pulumi policy, as it holds for a stack, and what watches over its waivers."""
    settings = settings or PolicySettings()
    return [*(_policy(rule, settings) for rule in all_rules()), *_about_waivers(settings)]


def _policy(rule: Rule, settings: PolicySettings) -> Policy:
    level = EnforcementLevel(settings.level(rule).value)
    facts: dict[str, Any] = {"tags": [f"source: {rule.source}"], "remediation_steps": rule.remedy}
    facts["config_schema"] = _schema(rule, settings)
    if isinstance(rule, ResourceRule):

        def of_resource(args: ResourceValidationArgs, report: ReportViolation) -> None:
            for violation in _left(rule, settings, [_resource(args)], args.get_config()):
                report(_message(violation), None)

        return ResourceValidationPolicy(rule.name, rule.why, of_resource, level, **facts)

    def of_stack(args: StackValidationArgs, report: ReportViolation) -> None:
        for violation in _left(rule, settings, map(_resource, args.resources), args.get_config()):
            report(_message(violation), violation.urn)

    return StackValidationPolicy(rule.name, rule.why, of_stack, level, **facts)


def _left(
    rule: Rule, settings: PolicySettings, resources: Iterable[Resource], asked: Mapping[str, Any]
) -> list[Violation]:
    """What the rule finds that no waiver covers; of the waivers themselves others speak."""
    chosen = _choice(rule, settings, asked)
    found = rule.violations(Stack.of(resources), settings.level(rule), chosen)
    day = today()
    current = [one for one in settings.waivers if not one.expired(day)]
    return [one for one in found if not any(waiver.covers(one) for waiver in current)]


def _choice(rule: Rule, settings: PolicySettings, asked: Mapping[str, Any]) -> Configuration | None:
    """What the stack's settings choose, unless `--policy-pack-config` asks for something else."""
    chosen = settings.configuration.get(rule.name) or rule.default()
    # Numbers come over the wire as floats: no strict types here.
    return type(chosen).model_validate(chosen.model_dump(by_alias=True) | dict(asked)) if chosen else None


def _schema(rule: Rule, settings: PolicySettings) -> PolicyConfigSchema | None:
    """The engine's own form of what can be chosen; its defaults are what the stack has chosen."""
    chosen = settings.configuration.get(rule.name) or rule.default()
    if chosen is None:
        return None
    values = json.loads(chosen.model_dump_json(by_alias=True))
    stated = type(chosen).model_json_schema(by_alias=True)["properties"]
    return PolicyConfigSchema({name: {**schema, "default": values[name]} for name, schema in stated.items()})


def _about_waivers(settings: PolicySettings) -> list[Policy]:
    """One policy for each thing that can be said of a waiver."""

    def watch(args: StackValidationArgs) -> tuple[list[Violation], list[Violation]]:
        stack = Stack.of(map(_resource, args.resources))
        named = {one.rule for one in settings.waivers}
        rules = [one for one in all_rules() if one.name in named and settings.level(one) is not Level.DISABLED]
        found = [
            violation
            for rule in rules
            for violation in rule.violations(stack, settings.level(rule), _choice(rule, settings, {}))
        ]
        left, waived = apply(found, settings.waivers, today())
        used = [Violation(WAIVED, Level.ADVISORY, one.violation.urn, str(one)) for one in waived]
        return left, used

    def told(name: str) -> Callable[[StackValidationArgs, ReportViolation], None]:
        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            left, used = watch(args)
            for violation in (*left, *used):
                if violation.rule == name:
                    report(_message(violation), violation.urn or None)

        return validate

    return [
        StackValidationPolicy(
            waivers.EXPIRED,
            waivers.EXPIRED_WHY,
            told(waivers.EXPIRED),
            EnforcementLevel.MANDATORY,
            remediation_steps=waivers.EXPIRED_REMEDY,
        ),
        StackValidationPolicy(
            waivers.UNUSED,
            waivers.UNUSED_WHY,
            told(waivers.UNUSED),
            EnforcementLevel.ADVISORY,
            remediation_steps=waivers.UNUSED_REMEDY,
        ),
        StackValidationPolicy(WAIVED, _WAIVED_WHY, told(WAIVED), EnforcementLevel.ADVISORY),
    ]


def _message(violation: Violation) -> str:
    # The engine itself puts the policy's description, our `why`, before the message.
    return f"{violation.wrong}. To fix it: {violation.remedy}" if violation.remedy else violation.wrong


def _resource(seen: ResourceValidationArgs | PolicyResource) -> Resource:
    options = Options(protect=bool(seen.opts.protect), ignore_changes=tuple(seen.opts.ignore_changes))
    return Resource(seen.resource_type, seen.name, seen.urn, seen.props, options)

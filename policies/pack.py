"""The same rules in the engine's own terms, for `pulumi preview --policy-pack policies`."""

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidation,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies.catalogue import all_rules
from policies.model import Options, Resource, Stack
from policies.registry import ResourceRule, Rule, StackRule


def pulumi_policies() -> list[Policy]:
    """Every rule of the pack as a Pulumi policy."""
    return [_policy(rule) for rule in all_rules()]


def _policy(rule: Rule) -> Policy:
    level = EnforcementLevel(rule.level.value)
    tags = [f"source: {rule.source}"]
    if isinstance(rule, ResourceRule):
        return ResourceValidationPolicy(
            rule.name, rule.why, _over_resource(rule), level, tags=tags, remediation_steps=rule.remedy
        )
    if isinstance(rule, StackRule):
        return StackValidationPolicy(
            rule.name, rule.why, _over_stack(rule), level, tags=tags, remediation_steps=rule.remedy
        )
    raise TypeError(f"rule {rule.name!r} is neither about a resource nor about a stack: {type(rule).__name__}")


def _over_resource(rule: Rule) -> ResourceValidation:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for _, wrong in rule.findings(Stack.of([_resource(args)])):
            report(_message(rule, wrong), None)

    return validate


def _over_stack(rule: Rule) -> StackValidation:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        for resource, wrong in rule.findings(Stack.of(map(_resource, args.resources))):
            report(_message(rule, wrong), resource.urn)

    return validate


def _message(rule: Rule, wrong: str) -> str:
    # The engine itself puts the policy's description, our `why`, before the message.
    return f"{wrong}. To fix it: {rule.remedy}"


def _resource(seen: ResourceValidationArgs | PolicyResource) -> Resource:
    options = Options(protect=bool(seen.opts.protect), ignore_changes=tuple(seen.opts.ignore_changes))
    return Resource(seen.resource_type, seen.name, seen.urn, seen.props, options)

"""What SES does with mail that comes in; the mail front reads it from the emulator, and does it."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.errors import ResourceError
from local.host.handlers.handler import Handler, pascal
from local.host.model import Resource
from local.host.provider import Made

_PLAIN = ("name", "enabled", "recipients", "scanEnabled", "tlsPolicy")
_OF_AN_ACTION = ("bucketName", "objectKeyPrefix", "topicArn")


def make_rule_set(declared: Resource, emulator: Emulator) -> Made:
    """A set of rules, known by its name."""
    ses, name = emulator.receiving, declared.inputs["ruleSetName"]
    if name not in {known["Name"] for known in ses.list_receipt_rule_sets().get("RuleSets", [])}:
        ses.create_receipt_rule_set(RuleSetName=name)
    return Made(name, {})


def delete_rule_set(orphan: Resource, emulator: Emulator) -> None:
    """Removes the set with its rules."""
    emulator.receiving.delete_receipt_rule_set(RuleSetName=str(orphan.id))


def look_at_rule_set(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the set is there."""
    emulator.receiving.describe_receipt_rule_set(RuleSetName=str(known.id))
    return {}


def make_rule(declared: Resource, emulator: Emulator) -> Made:
    """A rule, known by its set and its own name; the emulator cannot change one, so one that differs is made anew."""
    ses, inputs = emulator.receiving, declared.inputs
    for unknown in inputs.keys() - {*_PLAIN, "ruleSetName", "s3Actions"}:
        raise ResourceError(declared.type, declared.urn, f"'{unknown}' is not known to the local home")
    rule_set, name = inputs["ruleSetName"], inputs["name"]
    actions = [{"S3Action": pascal({key: one[key] for key in _OF_AN_ACTION}, {})} for one in inputs["s3Actions"]]
    rule: Any = {**pascal({key: inputs[key] for key in _PLAIN}, {}), "Actions": actions}
    known = {one["Name"]: one for one in ses.describe_receipt_rule_set(RuleSetName=rule_set).get("Rules", [])}
    if known.get(name) != rule:
        if name in known:
            ses.delete_receipt_rule(RuleSetName=rule_set, RuleName=name)
        ses.create_receipt_rule(RuleSetName=rule_set, Rule=rule)
    return Made(name, {})


def delete_rule(orphan: Resource, emulator: Emulator) -> None:
    """Removes the rule."""
    emulator.receiving.delete_receipt_rule(RuleSetName=orphan.inputs["ruleSetName"], RuleName=str(orphan.id))


def look_at_rule(known: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
    """Whether the rule is there."""
    rules = emulator.receiving.describe_receipt_rule_set(RuleSetName=known.inputs["ruleSetName"]).get("Rules", [])
    return {} if known.id in {rule["Name"] for rule in rules} else None


def make_active(declared: Resource, emulator: Emulator) -> Made:
    """Which set is at work; the account has one at a time."""
    name = declared.inputs["ruleSetName"]
    emulator.receiving.set_active_receipt_rule_set(RuleSetName=name)
    return Made(name, {})


def delete_active(_: Resource, emulator: Emulator) -> None:
    """Takes no mail any more."""
    emulator.receiving.set_active_receipt_rule_set()


def look_at_active(_: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
    """Which set is at work by now."""
    metadata = emulator.receiving.describe_active_receipt_rule_set().get("Metadata")
    return {"ruleSetName": metadata["Name"]} if metadata else None


HANDLERS: Mapping[str, Handler] = {
    "aws:ses/activeReceiptRuleSet:ActiveReceiptRuleSet": Handler(make_active, delete_active, look_at_active),
    "aws:ses/receiptRule:ReceiptRule": Handler(
        make_rule, delete_rule, look_at_rule, known_by=frozenset({"ruleSetName"})
    ),
    "aws:ses/receiptRuleSet:ReceiptRuleSet": Handler(make_rule_set, delete_rule_set, look_at_rule_set),
}

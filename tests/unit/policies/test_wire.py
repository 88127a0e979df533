"""The rules read what the engine hands over as they read plain data: proxies, whole numbers as floats, and unknowns."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from policies.catalogue import all_rules
from policies.examples import sample
from policies.model import Stack
from policies.registry import Rule


def over_the_wire(properties: Mapping[str, Any]) -> Any:
    """The properties as the engine's analyzer hands them to a policy."""
    sent = json_format.ParseDict(dict(properties), struct_pb2.Struct())
    return unknown_checking_proxy(json_format.MessageToDict(sent))


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_a_rule_says_the_same_of_what_the_engine_hands_over(rule: Rule) -> None:
    for stack in (*rule.accepts, *rule.rejects.values()):
        sent = Stack.of(replace(one, properties=over_the_wire(one.properties)) for one in stack.resources)
        here, there = list(rule.violations(stack)), list(rule.violations(sent))
        assert [violation.urn for violation in here] == [violation.urn for violation in there], stack


def rule_of(name: str) -> Rule:
    (rule,) = (rule for rule in all_rules() if rule.name == name)
    return rule


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("region-allowed", "aws:s3/bucket:Bucket", "region"),
        ("aurora-pitr", "aws:rds/cluster:Cluster", "backupRetentionPeriod"),
        ("queue-policy-tight", "aws:sqs/queuePolicy:QueuePolicy", "policy"),
        ("tls12", "aws:lb/listener:Listener", "protocol"),
        ("dlq-alarm", "aws:sqs/queue:Queue", "redrivePolicy"),
    ],
)
def test_a_rule_stops_at_a_value_that_nobody_knows_yet(name: str, kind: str, key: str) -> None:
    unknown = sample(kind, over_the_wire({key: UNKNOWN_STRING_VALUE}))
    with pytest.raises(UnknownValueError):
        list(rule_of(name).findings(Stack.of([unknown])))


@pytest.mark.parametrize(
    ("name", "kind", "key"),
    [
        ("region-allowed", "aws:s3/bucket:Bucket", "bucket"),
        ("weighted-has-health-check", "aws:route53/record:Record", "records"),
        ("aurora-pitr", "aws:rds/cluster:Cluster", "kmsKeyId"),
    ],
)
def test_a_rule_does_not_touch_what_it_is_not_about(name: str, kind: str, key: str) -> None:
    unknown = sample(kind, over_the_wire({key: UNKNOWN_STRING_VALUE}))
    list(rule_of(name).findings(Stack.of([unknown])))

"""In a preview much is not known yet: a rule says what it can before it stops, and looks at what it needs alone."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from policies.catalogue import all_rules
from policies.examples import sample
from policies.model import Stack
from tests.unit.policies.test_wire import over_the_wire

CLUSTER, SUBNET, VPC = "aws:eks/cluster:Cluster", "aws:ec2/subnet:Subnet", "aws:ec2/vpc:Vpc"
UNKNOWN = UNKNOWN_STRING_VALUE


def said(rule: str, *declared: tuple[str, Mapping[str, Any]]) -> tuple[list[str], bool]:
    """What the rule says of such resources, and whether it came to its end."""
    (judged,) = (one for one in all_rules() if one.name == rule)
    stack = Stack.of(
        sample(kind, over_the_wire(stated), f"it-{number}") for number, (kind, stated) in enumerate(declared)
    )
    findings: list[str] = []
    try:
        # One by one: what was said before the rule stopped counts.
        findings.extend(wrong for _, wrong in judged.findings(stack))
    except UnknownValueError:
        return findings, False
    return findings, True


def said_first(rule: str, kind: str, stated: Mapping[str, Any]) -> list[str]:
    """What the rule says of one resource before it meets what is not known."""
    findings, ended = said(rule, (kind, stated))
    assert not ended
    return findings


def test_a_public_cluster_is_found_before_its_key_is_known() -> None:
    key = {"resources": ["secrets"], "provider": {"keyArn": UNKNOWN}}
    first = said_first("eks-private", CLUSTER, {"encryptionConfig": key})
    assert "cluster 'it-0' has a public endpoint" in first
    assert not any("secrets" in one for one in first)


def test_a_key_that_never_changes_is_found_before_its_policy_is_known() -> None:
    assert said_first("kms-rotation", "aws:kms/key:Key", {"policy": UNKNOWN}) == ["key 'it-0' never changes"]


def test_an_endless_log_is_found_before_its_key_is_known() -> None:
    first = said_first("log-retention", "aws:cloudwatch/logGroup:LogGroup", {"kmsKeyId": UNKNOWN})
    assert first == ["log group 'it-0' keeps its lines for ever"]


def test_subnets_are_counted_and_not_looked_at() -> None:
    few = {"vpcConfig": {"subnetIds": [UNKNOWN, UNKNOWN]}}
    assert said("three-azs", (CLUSTER, few)) == (["Cluster 'it-0' is given 2 subnets"], True)
    enough = {"vpcConfig": {"subnetIds": [UNKNOWN] * 3}}
    assert said("three-azs", (CLUSTER, enough)) == ([], True)


def test_with_one_network_nobody_asks_for_its_id() -> None:
    zones = [(SUBNET, {"vpcId": UNKNOWN, "availabilityZone": f"eu-west-1{zone}"}) for zone in "ab"]
    findings, ended = said("three-azs", (VPC, {"cidrBlock": "10.16.0.0/16"}), *zones)
    assert ended
    assert findings == ["subnet 'it-1' and its like stand in 2 zones"]


def test_a_release_is_measured_before_its_image_and_its_queues_are_known() -> None:
    workload = {
        "replicas": {"maximum": 100},
        "resources": {"cpu": "4"},
        "queues": [UNKNOWN],
        "environment": {"A": UNKNOWN},
    }
    values = {"image": {"repository": UNKNOWN, "tag": "0.1.0"}, "workloads": {"order": workload}}
    release = ("kubernetes:helm.sh/v3:Release", {"values": values})
    assert said("cost-guard", release)[0] == ["pods of 'it-0' may ask for 400 cores, more than 32"]
    assert said("pod-resources-probes", release) == (["workload 'order' of 'it-0' states no memory"], True)
    assert said("image-digest-own-registry", release) == ([], False)

"""A region's network: it is watched, and its default group is closed."""

from collections.abc import Iterator, Sequence
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed
from policies.registry import RULES

VPC = "aws:ec2/vpc:Vpc"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"

_VPC = sample(VPC, {"cidrBlock": "10.16.0.0/16"}, "eu")


def _flows(**changed: Any) -> Resource:
    return sample(FLOW_LOG, {"vpcId": "vpc-1", "trafficType": "ALL", **changed}, "eu")


def _default(**changed: Any) -> Resource:
    return sample(DEFAULT_GROUP, {"vpcId": "vpc-1", "ingress": [], "egress": [], **changed}, "eu")


@RULES.stack_rule(
    name="flow-logs-default-sg",
    types=(VPC, FLOW_LOG, DEFAULT_GROUP),
    why="After a break-in the flow logs are what tells where it went, refused and accepted calls alike; and whatever "
    "forgets to name a group gets the default one, in which all may talk to all.",
    remedy="give the VPC a FlowLog with trafficType ALL and a DefaultSecurityGroup with empty ingress and egress.",
    source="CKV2_AWS_11, CKV2_AWS_12",
    accepts=(
        [_VPC, _flows(), _default()],
        [_VPC, _flows(), _default(ingress=None, egress=None)],
        [_flows(vpcId=None, transitGatewayId="tgw-1")],
        [
            _VPC,
            sample(VPC, {}, "us"),
            *(make(vpcId=vpc) for vpc in ("vpc-1", "vpc-2") for make in (_flows, _default)),
        ],
    ),
    rejects={
        "VPC 'eu' has no flow log": [_VPC, _default()],
        "VPC 'us' has no flow log": [_VPC, sample(VPC, {}, "us"), _flows(), _default(), _default(vpcId="vpc-2")],
        "flow log 'eu' keeps 'REJECT' calls only": [_VPC, _flows(trafficType="REJECT"), _default()],
        "flow log 'eu' keeps None calls only": [_VPC, _flows(trafficType=None), _default()],
        "VPC 'eu' leaves its default security group as AWS made it": [_VPC, _flows()],
        "default security group 'eu' lets something in": [_VPC, _flows(), _default(ingress=[{"protocol": "-1"}])],
        "default security group 'eu' lets something out": [_VPC, _flows(), _default(egress=[{"protocol": "-1"}])],
    },
)
def watched_and_closed_by_default(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every VPC has a flow log of all calls, and a default group in which nothing is allowed."""
    flows = [log for log in stack.of_type(FLOW_LOG) if log.properties.get("vpcId")]
    groups = list(stack.of_type(DEFAULT_GROUP))
    for log in flows:
        if log.properties.get("trafficType") != "ALL":
            yield log, f"flow log {log.name!r} keeps {log.properties.get('trafficType')!r} calls only"
    for group in groups:
        for way, words in (("ingress", "in"), ("egress", "out")):
            if listed(group.properties.get(way)):
                yield group, f"default security group {group.name!r} lets something {words}"
    for sides, lack in ((flows, "has no flow log"), (groups, "leaves its default security group as AWS made it")):
        for vpc in _left_over(list(stack.of_type(VPC)), sides):
            yield vpc, f"VPC {vpc.name!r} {lack}"


def _left_over(vpcs: Sequence[Resource], sides: Sequence[Resource]) -> Sequence[Resource]:
    """The VPCs that have none of those; as ids are AWS's to give, they are counted: the last ones are named."""
    return vpcs[len({side.text("vpcId") for side in sides}) :]

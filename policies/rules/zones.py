"""Availability zones: whatever has to outlive the loss of one stands in three."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping
from policies.registry import RULES
from policies.rules.vpc import VPC

SUBNET = "aws:ec2/subnet:Subnet"
CLUSTER = "aws:eks/cluster:Cluster"

_IN_SUBNETS = {
    "aws:apigatewayv2/vpcLink:VpcLink": "subnetIds",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "subnetIds",
    "aws:eks/nodeGroup:NodeGroup": "subnetIds",
    "aws:lb/loadBalancer:LoadBalancer": "subnets",
    "aws:rds/subnetGroup:SubnetGroup": "subnetIds",
}
_LEAST_ZONES = 3

_LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"


def _subnets(*zones: str | None, vpc: str = "vpc-1") -> list[Resource]:
    return [
        sample(SUBNET, {"vpcId": vpc, "availabilityZone": zone}, f"{vpc}-{number}") for number, zone in enumerate(zones)
    ]


@RULES.stack_rule(
    name="three-azs",
    types=(VPC, SUBNET, CLUSTER, *_IN_SUBNETS),
    why="Who stands in two zones loses half of everything with one of them, and what needs a majority may lose that: "
    "the rest has to carry the load of all just when everybody else asks for machines too.",
    remedy="declare a subnet in each of three availability zones and name them all wherever subnets are asked for.",
    source="reliability design; AWS Well-Architected, REL10-BP01",
    accepts=(
        _subnets("eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1a"),
        [*_subnets("a", "b", "c"), *_subnets("a", "b", "c", vpc="vpc-2")],
        [sample(CLUSTER, {"vpcConfig": {"subnetIds": ["subnet-1", "subnet-2", "subnet-3"]}})],
        [sample(_LOAD_BALANCER, {"subnets": ["subnet-1", "subnet-2", "subnet-3"]})],
        [sample(_LOAD_BALANCER, {"subnetMappings": [{"subnetId": f"subnet-{zone}"} for zone in "abc"]})],
        [sample(VPC, {})],
    ),
    rejects={
        "'vpc-1-0' and its like stand in 2 zones": _subnets("eu-west-1a", "eu-west-1b", "eu-west-1b"),
        "'vpc-2-0' and its like stand in 1 zone": [*_subnets("a", "b", "c"), *_subnets("a", vpc="vpc-2")],
        "'vpc-1-3' states no availability zone": _subnets("a", "b", "c", None),
        "Cluster 'example' is given 2 subnets": [
            sample(CLUSTER, {"vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]}})
        ],
        "Cluster 'example' is given 0 subnets": [sample(CLUSTER, {})],
        "LoadBalancer 'example' is given 1 subnet": [sample(_LOAD_BALANCER, {"subnets": ["subnet-1"]})],
        "SubnetGroup 'example' is given 2 subnets": [
            sample("aws:rds/subnetGroup:SubnetGroup", {"subnetIds": ["subnet-1", "subnet-2"]})
        ],
    },
)
def stands_in_three_zones(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """The subnets of each VPC lie in three zones, and what stands in subnets is given three."""
    zones: dict[str, set[str]] = defaultdict(set)
    first: dict[str, Resource] = {}
    several = len(list(stack.of_type(VPC))) != 1
    for subnet in stack.of_type(SUBNET):
        # With one VPC alone there is no need for its id, which nobody knows before it exists.
        vpc = subnet.text("vpcId") if several else ""
        first.setdefault(vpc, subnet)
        if zone := subnet.text("availabilityZone"):
            zones[vpc].add(zone)
        else:
            yield subnet, f"subnet {subnet.name!r} states no availability zone"
    for vpc, subnet in first.items():
        if len(zones[vpc]) < _LEAST_ZONES:
            yield subnet, f"subnet {subnet.name!r} and its like stand in {_counted(len(zones[vpc]), 'zone')}"
    for placed in stack.of_type(CLUSTER, *_IN_SUBNETS):
        given = _subnets_of(placed)
        if given < _LEAST_ZONES:
            kind = placed.type.rpartition(":")[2]
            yield placed, f"{kind} {placed.name!r} is given {_counted(given, 'subnet')}"


def _subnets_of(placed: Resource) -> int:
    stated = mapping(placed.properties.get("vpcConfig")) if placed.type == CLUSTER else placed.properties
    subnets = stated.get(_IN_SUBNETS.get(placed.type, "subnetIds"), stated.get("subnetMappings"))
    # Counted and not looked at: which ones they are is not known before they exist.
    return len(subnets) if isinstance(subnets, Sequence) and not isinstance(subnets, str) else len(listed(subnets))


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"

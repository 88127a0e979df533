"""Money: nothing is bigger, and nothing is there more often, than somebody decided."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from policies.examples import sample
from policies.model import Resource, Stack
from policies.reading import listed, mapping
from policies.registry import RULES, Configuration
from policies.rules.pod_resources import RELEASE, workloads_of
from policies.rules.vpc import VPC

DATABASE = "aws:rds/clusterInstance:ClusterInstance"
NODES = "aws:eks/nodeGroup:NodeGroup"
MACHINE = "aws:ec2/instance:Instance"
NAT = "aws:ec2/natGateway:NatGateway"

_SIZES = ("nano", "micro", "small", "medium", "large", "xlarge")
_CLASS = re.compile(r"(db\.)?(?P<family>[a-z0-9-]+)\.(?P<times>\d*)(?P<size>[a-z]+)")


class Limits(Configuration):
    """What a stack may have without asking: Graviton machines up to a size, so many nodes in a group, so many cores."""

    families: tuple[str, ...] = ("c7g", "c8g", "m7g", "m8g", "r7g", "r8g", "t4g")
    largest: int = Field(default=4, ge=1, le=48, description="of 2xlarge, 4xlarge and so on: the number")
    nodes: int = Field(default=10, ge=1, description="that one group may grow to")
    cores: float = Field(
        default=32, gt=0, allow_inf_nan=False, description="that all pods of a release may ask for at their most"
    )


def _database(instance_class: object) -> Resource:
    return sample(DATABASE, {"instanceClass": instance_class}, "eu-1")


def _nodes(maximum: object = 6, *types: str) -> Resource:
    stated = {"instanceTypes": list(types or ["m8g.large"]), "scalingConfig": {"maxSize": maximum}}
    return sample(NODES, stated, "workers")


def _release(maximum: int = 8, cpu: object = "250m") -> Resource:
    workload = {"role": "web", "replicas": {"minimum": 2, "maximum": maximum}, "resources": {"cpu": cpu}}
    migration = {"role": "migrate", "resources": {"cpu": "100m"}}
    return sample(RELEASE, {"values": {"workloads": {"order": workload, "database": migration}}}, "cloud-sales")


@RULES.stack_rule(
    name="cost-guard",
    configuration=Limits,
    types=(DATABASE, NODES, MACHINE, NAT, VPC, RELEASE),
    why="A typing error in a size costs as much in a month as the service earns, and is found on the invoice. In Auto "
    "Mode nodes follow the pods, so that what pods may ask for is what nodes may cost.",
    remedy="choose instanceClass or instanceTypes of a Graviton family up to 4xlarge, scalingConfig.maxSize 10 at "
    "most, one NatGateway for a VPC (availabilityMode regional), fewer maxReplicas; or say more under "
    "policies:configuration cost-guard in the stack's settings.",
    source="this project's design, rule 48; decision 0037, Auto Mode",
    accepts=(
        [
            _database("db.r8g.large"),
            _database("db.t4g.medium"),
            _database("db.r8g.4xlarge"),
            _database("db.serverless"),
        ],
        [_nodes(), _nodes(10, "m8g.xlarge", "c8g.2xlarge")],
        [sample(VPC, {}), sample(NAT, {"availabilityMode": "regional"})],
        [_release(), sample(RELEASE, {"chart": "keda", "values": {}})],
    ),
    rejects={
        "'eu-1' is a 'db.r8g.8xlarge'": [_database("db.r8g.8xlarge")],
        "'eu-1' is a 'db.x2g.large'": [_database("db.x2g.large")],
        "'eu-1' is a 'db.r8g.metal'": [_database("db.r8g.metal")],
        "'eu-1' is a None": [_database(None)],
        "'workers' is a 'p5.48xlarge'": [_nodes(6, "m8g.large", "p5.48xlarge")],
        "'workers' may grow to 50 nodes": [_nodes(50)],
        "'workers' may grow without an end": [_nodes(None)],
        "'bastion' is a 'm5.large'": [sample(MACHINE, {"instanceType": "m5.large"}, "bastion")],
        "NAT gateway 'b' is one more than there are VPCs": [sample(VPC, {}), *(sample(NAT, {}, name) for name in "ab")],
        "pods of 'cloud-sales' may ask for 50.1 cores": [_release(100, "500m")],
        "pods of 'cloud-sales' may ask for 40.1 cores": [_release(10, 4)],
    },
)
def within_limits(stack: Stack, limits: Limits) -> Iterator[tuple[Resource, str]]:
    """Machines are of a known kind and size, and as many as were thought of."""
    for resource in stack.of_type(DATABASE, NODES, MACHINE):
        for machine in _machines(resource):
            if not _is_allowed(machine, limits):
                yield resource, f"{resource.name!r} is a {machine!r}, which is not on the list of what may be had"
    for group in stack.of_type(NODES):
        most = mapping(group.properties.get("scalingConfig")).get("maxSize")
        if not isinstance(most, int | float):
            yield group, f"{group.name!r} may grow without an end"
        elif most > limits.nodes:
            yield group, f"{group.name!r} may grow to {most:g} nodes, more than {limits.nodes}"
    for gateway in list(stack.of_type(NAT))[len(list(stack.of_type(VPC))) :]:
        yield gateway, f"NAT gateway {gateway.name!r} is one more than there are VPCs"
    for release in stack.of_type(RELEASE):
        asked = sum(map(_cores, workloads_of(release).values()))
        if asked > limits.cores:
            yield release, f"pods of {release.name!r} may ask for {asked:g} cores, more than {limits.cores:g}"


def _machines(resource: Resource) -> list[Any]:
    if resource.type == NODES:
        return listed(resource.properties.get("instanceTypes"))
    return [resource.properties.get("instanceClass" if resource.type == DATABASE else "instanceType")]


def _is_allowed(machine: object, limits: Limits) -> bool:
    if machine == "db.serverless":
        return True
    named = _CLASS.fullmatch(str(machine))
    known = named is not None and named["family"] in limits.families and named["size"] in _SIZES
    return bool(known and named and int(named["times"] or 1) <= limits.largest)


def _cores(workload: Any) -> float:
    """What all pods of the workload ask for when there are most of them; a migration runs once."""
    cpu = str(mapping(workload.get("resources")).get("cpu") or 0)
    pods = mapping(workload.get("replicas")).get("maximum") or 1
    try:
        return float(cpu.removesuffix("m")) / (1000 if cpu.endswith("m") else 1) * float(pods)
    except ValueError:
        return 0  # what is no number is for pod-resources-probes to say

"""The region's network, and which parts of AWS it reaches without the internet."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.network import Network as BuiltNetwork
from infra.network import NetworkArgs
from infra.tags import DataClass
from stacks.layers.upstream import Upstream
from stacks.schema import NAMESPACE, Settings

_LOG_RETENTION_DAYS = 90

# Payloads and the layers of images are most of what goes to AWS; these routes cost nothing.
_BY_ROUTE = ("s3",)

# What a node needs to start a pod, and an order needs to become an invoice: those go on when the internet does not.
# Mail and sign-in go out through the NAT gateway with the calls of the CCP.
_BY_ADDRESS = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "kms", "logs", "sqs", "sts")


@dataclass(frozen=True)
class Network:
    """The network and its subnets, one of each kind in every zone."""

    vpc_id: pulumi.Output[str]
    private_subnet_ids: Sequence[pulumi.Output[str]]
    intra_subnet_ids: Sequence[pulumi.Output[str]]


def build(settings: Settings, upstream: Upstream) -> Network:
    """Declare the network."""
    built = BuiltNetwork(
        f"{NAMESPACE}-{settings.region.name}",
        NetworkArgs(
            cidr=settings.network.cidr,
            zones=settings.network.zones,
            gateway_services=_BY_ROUTE,
            endpoint_services=_BY_ADDRESS,
            transit_gateway_id=upstream.transit_gateway_id,
            reach=upstream.supernet,
            log_retention_days=_LOG_RETENTION_DAYS,
            placement=settings.placement,
            tags=settings.tags(DataClass.INTERNAL),
        ),
    )
    return Network(built.vpc_id, built.private_subnet_ids, built.intra_subnet_ids)

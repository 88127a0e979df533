"""The way from the API to the pods: a balancer in the network, and a group for each service that answers requests."""

from infra.balancer import Balancer, BalancerArgs
from infra.tags import DataClass
from services.registry import SERVICES, Role
from stacks.layers.cluster import Cluster
from stacks.layers.network import Network
from stacks.layers.paths import prefixes
from stacks.layers.upstream import Upstream
from stacks.schema import Settings

# As the chart has it.
_POD_PORT = 8080
_POD_HEALTH = "/readyz"


def build(settings: Settings, upstream: Upstream, network: Network, cluster: Cluster) -> Balancer:
    """Declare the balancer; the release then puts its pods into the groups."""
    return Balancer(
        settings.name("api"),
        BalancerArgs(
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            certificate_arn=upstream.certificate_arn,
            cluster=cluster.name,
            cluster_group_id=cluster.security_group_id,
            port=_POD_PORT,
            health_path=_POD_HEALTH,
            paths={service.name: prefixes(service) for service in SERVICES if service.role is Role.WEB},
            tags=settings.tags(DataClass.INTERNAL),
        ),
    )

"""The region's API: a route for every operation that a service of the registry offers, and the product's names."""

from dataclasses import dataclass

import pulumi

from infra.balancer import Balancer, BalancerArgs
from infra.domain import Domain, DomainArgs
from infra.edge import Edge as HttpApi
from infra.edge import EdgeArgs
from infra.tags import DataClass
from services.registry import SERVICES, Role
from stacks.layers.cluster import Cluster
from stacks.layers.identity import Identity
from stacks.layers.network import Network
from stacks.layers.paths import prefixes
from stacks.layers.upstream import Upstream
from stacks.schema import Settings

_LOG_RETENTION_DAYS = 30

# As the chart has it.
_POD_PORT = 8080
_POD_HEALTH = "/readyz"

# A page that anybody may read, and that comes all the way from a pod.
_REGION_HEALTH = "/"

# Half of the scale: whoever follows the sun changes it, and never to nothing.
_FIRST_WEIGHT = 128


@dataclass(frozen=True)
class Edge:
    """Where the API answers: under the name that all regions share, and under the region's own."""

    url: pulumi.Output[str]
    own_url: pulumi.Output[str]


def build(settings: Settings, upstream: Upstream, network: Network, cluster: Cluster, identity: Identity) -> Edge:
    """Declare the API in front of the services, the way to them, and its names."""
    inside = Balancer(
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
    routes = [route for service in SERVICES for route in service.routes]
    api = HttpApi(
        settings.name("api"),
        EdgeArgs(
            routes=[f"{route.method} {route.path}" for route in routes if not route.public],
            public_routes=[f"{route.method} {route.path}" for route in routes if route.public],
            listener_arn=inside.listener_arn,
            vpc_link_id=inside.link_id,
            server_name=upstream.api_domain,
            issuer=identity.issuer,
            audiences=[identity.client_id, identity.service_client_id],
            requests_per_second=settings.edge.requests_per_second,
            burst=settings.edge.burst,
            log_retention_days=_LOG_RETENTION_DAYS,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
        ),
    )
    names = Domain(
        settings.name("api"),
        DomainArgs(
            domain=upstream.api_domain,
            set_identifier=settings.region.name,
            weight=_FIRST_WEIGHT,
            health_path=_REGION_HEALTH,
            zone_id=upstream.zone_id,
            certificate_arn=upstream.certificate_arn,
            api_id=api.api_id,
            stage=api.stage,
            tags=settings.tags(DataClass.INTERNAL),
        ),
    )
    return Edge(names.url, names.own_url)

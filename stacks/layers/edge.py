"""The region's API: a route for every operation that a service of the registry offers, and the product's names."""

from dataclasses import dataclass

import pulumi

from infra.domain import Domain, DomainArgs
from infra.edge import Edge as HttpApi
from infra.edge import EdgeArgs
from infra.tags import DataClass
from services.registry import SERVICES
from stacks.layers.foundation import Foundation
from stacks.layers.upstream import Upstream
from stacks.schema import Settings

_LOG_RETENTION_DAYS = 30

# A page that anybody may read, and that comes all the way from a pod.
_REGION_HEALTH = "/"

# Half of the scale: whoever follows the sun changes it, and never to nothing.
_FIRST_WEIGHT = 128


@dataclass(frozen=True)
class Edge:
    """Where the API answers: under the name that all regions share, and under the region's own, which is checked."""

    url: pulumi.Output[str]
    own_url: pulumi.Output[str]
    health_check_id: pulumi.Output[str]


def build(settings: Settings, upstream: Upstream, foundation: Foundation) -> Edge:
    """Declare the API in front of the balancer, and its names."""
    inside, identity = foundation.balancer, foundation.identity
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
    return Edge(names.url, names.own_url, names.health_check_id)

"""The region's API: a route for every operation that a service of the registry offers."""

from dataclasses import dataclass

import pulumi

from infra.edge import Edge as HttpApi
from infra.edge import EdgeArgs
from infra.tags import DataClass
from services.registry import SERVICES
from stacks.layers.identity import Identity
from stacks.schema import Settings

_LOG_RETENTION_DAYS = 30


@dataclass(frozen=True)
class Edge:
    """Where the API answers."""

    url: pulumi.Output[str]


def build(settings: Settings, identity: Identity) -> Edge:
    """Declare the API in front of the services."""
    routes = [route for service in SERVICES for route in service.routes]
    built = HttpApi(
        settings.name("api"),
        EdgeArgs(
            routes=[f"{route.method} {route.path}" for route in routes if not route.public],
            public_routes=[f"{route.method} {route.path}" for route in routes if route.public],
            listener_arn=settings.landing_zone.ingress_listener_arn,
            vpc_link_id=settings.landing_zone.vpc_link_id,
            issuer=identity.issuer,
            audiences=[identity.client_id, identity.service_client_id],
            requests_per_second=settings.edge.requests_per_second,
            burst=settings.edge.burst,
            log_retention_days=_LOG_RETENTION_DAYS,
            placement=settings.placement,
            tags=settings.tags(DataClass.PERSONAL),
        ),
    )
    return Edge(built.url)

"""Envoy's whole configuration: the API Gateway's operations and limits in front of the balancer and the Services."""

from collections.abc import Iterable
from typing import Any

from local.cluster.edge.backends import Entry
from local.cluster.edge.gateway import Operation
from local.cluster.edge.listener import listener
from local.cluster.edge.routes import routes
from local.cluster.edge.tokens import JWKS_CLUSTER, audience_filter, jwt_filter
from local.cluster.edge.upstreams import backend_cluster, key_cluster

MOST_CONNECTIONS = 4096
"""Beyond this many clients at once new ones are turned away, before the machine runs out of descriptors."""


def edge_config(  # noqa: PLR0913 - what it leads to, what it refuses, and whom it believes
    operations: Iterable[Operation],
    entries: Iterable[Entry],
    throttle: list[dict[str, Any]],
    listen: tuple[str, int],
    keys: tuple[str, int],
    *,
    proxies: int = 0,
) -> dict[str, Any]:
    """The static configuration; there is no admin interface.

    Args:
        operations: what the API Gateway lets through.
        entries: where the cluster takes it, those that win first.
        throttle: the filters of `throttling.throttle_filters`.
        listen: the address and port of the API.
        keys: the address and port where each user pool publishes its keys.
        proxies: how many of ours every client comes through; their word on its address is believed.

    Raises:
        NotHonouredError: an operation leads to no entry: in the cloud its calls would end at the load balancer.
    """
    operations, entries = tuple(operations), tuple(entries)
    authorizers = {operation.authorizer for operation in operations if operation.authorizer}
    tokens = [jwt_filter(authorizers, keys), audience_filter()] if authorizers else []
    key_clusters = [key_cluster(JWKS_CLUSTER, keys)] if authorizers else []
    backends = {entry.backend.name: entry.backend for entry in entries}
    return {
        "static_resources": {
            "listeners": [listener(listen, routes(operations, entries), [*throttle, *tokens], proxies)],
            "clusters": [*(backend_cluster(backends[name]) for name in sorted(backends)), *key_clusters],
        },
        "overload_manager": {"resource_monitors": [connection_limit()]},
    }


def connection_limit() -> dict[str, Any]:
    """Envoy's resource monitor that turns away whoever would be one client too many."""
    name = "envoy.resource_monitors.global_downstream_max_connections"
    kind = (
        "type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig"
    )
    return {"name": name, "typed_config": {"@type": kind, "max_active_downstream_connections": MOST_CONNECTIONS}}

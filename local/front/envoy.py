"""Envoy's static configuration: one listener, the regions' edges behind it, and where it finds the routes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.cluster.edge.backends import Backend
from local.cluster.edge.config import MOST_CONNECTIONS, connection_limit
from local.cluster.edge.listener import HEADERS_SECONDS, IDLE_SECONDS, REMOTE_ADDRESSES
from local.cluster.edge.problems import local_reply_config
from local.cluster.edge.upstreams import backend_cluster, socket_address
from local.front.routes import NAME

_MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_ROUTER = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
_LOG = "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"


def front_config(address: tuple[str, int], edges: Mapping[str, str], routes: Path) -> dict[str, Any]:
    """The configuration; there is no admin interface.

    Args:
        address: where to listen.
        edges: the URL of each region's edge.
        routes: the file of `routes.route_document`; it must exist.
    """
    chain = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": _manager(routes)}]
    listener = {
        "name": "front",
        "address": socket_address(*address),
        # With Envoy's default another checkout's front could listen on the same port and take every second request.
        "enable_reuse_port": False,
        "filter_chains": [{"filters": chain}],
    }
    clusters = [_region(name, edges[name]) for name in sorted(edges)]
    return {
        "node": {"id": "front", "cluster": "front"},
        "static_resources": {"listeners": [listener], "clusters": clusters},
        "overload_manager": {"resource_monitors": [connection_limit()]},
    }


def _region(name: str, edge: str) -> dict[str, Any]:
    """Nothing here finds out how a region does: that is for the health checks, which all clients go by."""
    place = urlsplit(edge)
    endpoint = (str(place.hostname), place.port or 80)
    # A region that hangs holds as many requests as there may be clients, and not only Envoy's usual thousand.
    most = dict.fromkeys(("max_connections", "max_pending_requests", "max_requests"), MOST_CONNECTIONS)
    return {**backend_cluster(Backend(name, (endpoint,), health=None)), "circuit_breakers": {"thresholds": [most]}}


def _manager(routes: Path) -> dict[str, Any]:
    """What the edge judges, it is to judge as it came: paths, names of headers and sizes pass as they are."""
    source = {"resource_api_version": "V3", "path_config_source": {"path": str(routes)}}
    router = {"@type": _ROUTER, "suppress_envoy_headers": True}
    return {
        "@type": _MANAGER,
        "stat_prefix": "front",
        "rds": {"route_config_name": NAME, "config_source": source},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": router}],
        "local_reply_config": local_reply_config(),
        "access_log": [_access_log()],
        # A client's x-envoy-* and x-forwarded-proto headers count for nothing: the edges believe what the front says.
        **REMOTE_ADDRESSES,
        "skip_xff_append": True,  # the routes do: Envoy would write this machine's address in place of a loopback one
        # The edge gives each request its id, and tells it.
        "generate_request_id": False,
        "server_header_transformation": "PASS_THROUGH",
        "common_http_protocol_options": {"idle_timeout": f"{IDLE_SECONDS}s"},
        "request_headers_timeout": f"{HEADERS_SECONDS}s",
    }


def _access_log() -> dict[str, Any]:
    """One line for each request, from which a drill draws what its clients met."""
    line = {
        "time": "%START_TIME%",
        "region": "%UPSTREAM_CLUSTER%",
        "method": "%REQ(:METHOD)%",
        "path": "%PATH(NQ)%",
        "status": "%RESPONSE_CODE%",
        "milliseconds": "%DURATION%",
        "details": "%RESPONSE_CODE_DETAILS%",
    }
    return {
        "name": "envoy.access_loggers.stdout",
        "typed_config": {"@type": _LOG, "log_format": {"json_format": line}},
    }

"""Envoy's listener: how the edge reads requests, what it refuses by itself and what it writes down."""

from typing import Any

from local.cluster.edge.problems import local_reply_config
from local.cluster.edge.upstreams import socket_address

REQUEST_SECONDS = 29
"""The time a client has to send its whole request; at the API Gateway nothing takes longer."""

HEADERS_SECONDS = 10
IDLE_SECONDS = 75

MOST_BODY_BYTES = 10 * 1024 * 1024
"""The API Gateway's payload limit."""

MOST_HEADER_KIB = 10
"""The API Gateway's limit for the request line and all headers together."""

_HTTP = "type.googleapis.com/envoy.extensions.filters.http"
_MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
_LOG = "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"


REMOTE_ADDRESSES = {
    "use_remote_address": True,
    "internal_address_config": {"cidr_ranges": [{"address_prefix": "255.255.255.255", "prefix_len": 32}]},
}
"""A client's own x-request-id and x-envoy-* headers count for nothing: it is never taken for an internal one."""


def listener(
    address: tuple[str, int], routes: list[dict[str, Any]], checks: list[dict[str, Any]], proxies: int
) -> dict[str, Any]:
    """The one listener of the API, before which so many proxies tell the client's address."""
    manager = _manager(routes, checks, proxies)
    chain = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    return {
        "name": "api",
        "address": socket_address(*address),
        # With Envoy's default another checkout's edge could listen on the same port and take every second request.
        "enable_reuse_port": False,
        "filter_chains": [{"filters": chain}],
    }


def _filters(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The checks come first, so that nobody unknown fills the buffers; pods get whole requests even of slow clients."""
    return [
        *checks,
        {
            "name": "envoy.filters.http.buffer",
            "typed_config": {"@type": f"{_HTTP}.buffer.v3.Buffer", "max_request_bytes": MOST_BODY_BYTES},
        },
        {
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": f"{_HTTP}.router.v3.Router", "suppress_envoy_headers": True},
        },
    ]


def _manager(routes: list[dict[str, Any]], checks: list[dict[str, Any]], proxies: int) -> dict[str, Any]:
    return {
        "@type": _MANAGER,
        "stat_prefix": "edge",
        "route_config": {"virtual_hosts": [{"name": "api", "domains": ["*"], "routes": routes}]},
        "http_filters": _filters(checks),
        "local_reply_config": local_reply_config(),
        "access_log": [_failures_log()],
        **REMOTE_ADDRESSES,
        "xff_num_trusted_hops": proxies,
        "always_set_request_id_in_response": True,
        "normalize_path": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "common_http_protocol_options": {
            "idle_timeout": f"{IDLE_SECONDS}s",
            "headers_with_underscores_action": "DROP_HEADER",
        },
        "max_request_headers_kb": MOST_HEADER_KIB,
        "request_headers_timeout": f"{HEADERS_SECONDS}s",
        "request_timeout": f"{REQUEST_SECONDS}s",
    }


def _failures_log() -> dict[str, Any]:
    line = {
        "time": "%START_TIME%",
        "request_id": "%REQ(X-REQUEST-ID)%",
        "method": "%REQ(:METHOD)%",
        "path": "%PATH(NQ)%",
        "status": "%RESPONSE_CODE%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "upstream": "%UPSTREAM_HOST%",
        "milliseconds": "%DURATION%",
    }
    value = {"default_value": 400, "runtime_key": "edge.log_from_status"}
    return {
        "name": "envoy.access_loggers.stdout",
        "filter": {"status_code_filter": {"comparison": {"op": "GE", "value": value}}},
        "typed_config": {"@type": _LOG, "log_format": {"json_format": line}},
    }

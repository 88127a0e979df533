"""Envoy's clusters: the pods behind a Service, and the emulator as the source of the token keys."""

from typing import Any

from local.cluster.edge.backends import Backend
from local.cluster.probes import Probe

CONNECT_SECONDS = 2
UNREADY_INTERVAL_SECONDS = 0.25
KEEP_ALIVE_SECONDS = 60
"""How long an unused connection to a pod is kept, as at the cloud's load balancer; the pods must keep theirs longer."""

_PROTOCOL_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def backend_cluster(backend: Backend) -> dict[str, Any]:
    """Requests go only to pods whose readiness probe passes, even when that leaves none."""
    return {
        **_cluster(backend.name, *backend.endpoints),
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "typed_extension_protocol_options": {
            _PROTOCOL_OPTIONS: {
                "@type": f"type.googleapis.com/{_PROTOCOL_OPTIONS}",
                "common_http_protocol_options": {"idle_timeout": f"{KEEP_ALIVE_SECONDS}s"},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
        "health_checks": [_health_check(backend.health)] if backend.health else [],
    }


def key_cluster(name: str, address: tuple[str, int]) -> dict[str, Any]:
    """Where the token keys are fetched."""
    return _cluster(name, address)


def _cluster(name: str, *endpoints: tuple[str, int]) -> dict[str, Any]:
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": f"{CONNECT_SECONDS}s",
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": socket_address(*each)}} for each in endpoints]}],
        },
    }


def socket_address(host: str, port: int) -> dict[str, Any]:
    """A TCP address in Envoy's form."""
    return {"socket_address": {"address": host, "port_value": port}}


def _health_check(probe: Probe) -> dict[str, Any]:
    """The readiness probe; a pod that is not ready is asked more often, so that a start is noticed at once."""
    interval = f"{probe.period_seconds:g}s"
    return {
        "http_health_check": {"path": probe.path},
        "interval": interval,
        "no_traffic_interval": f"{UNREADY_INTERVAL_SECONDS}s",
        "unhealthy_interval": f"{UNREADY_INTERVAL_SECONDS}s",
        "no_traffic_healthy_interval": interval,
        "timeout": f"{probe.timeout_seconds:g}s",
        "healthy_threshold": probe.success_threshold,
        "unhealthy_threshold": probe.failure_threshold,
    }

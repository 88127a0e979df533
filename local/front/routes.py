"""Envoy's routes as its file-based xDS reads them: the shares of the regions."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.machine.layout import Layout

NAME = "regions"
ANSWER_SECONDS = 35
"""More than an edge takes for its own answer that something took too long."""

_CLIENT = {"key": "x-forwarded-for", "value": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"}
_ROUTES = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"


def routes_file(layout: Layout) -> Path:
    """Where the follower writes them and Envoy reads them; it outlives both."""
    return layout.state / "front" / "routes.json"


def route_document(shares: Mapping[str, int]) -> str:
    """A discovery response, the same for the same shares; without any, there is nobody to ask.

    Each request is drawn for itself. None is sent twice: who asked knows whether it may be asked again.
    """
    hosts = [{"name": "api", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, **_action(shares)}]}]
    told = [{"header": _CLIENT, "append_action": "APPEND_IF_EXISTS_OR_ADD"}]
    routes = {"@type": _ROUTES, "name": NAME, "virtual_hosts": hosts, "request_headers_to_add": told}
    version = hashlib.sha256(json.dumps(routes, sort_keys=True).encode()).hexdigest()[:12]
    return json.dumps({"version_info": version, "resources": [routes]}, indent=1) + "\n"


def _action(shares: Mapping[str, int]) -> dict[str, Any]:
    if not shares:
        return {"direct_response": {"status": 503}}
    clusters = [{"name": region, "weight": shares[region]} for region in sorted(shares)]
    return {"route": {"weighted_clusters": {"clusters": clusters}, "timeout": f"{ANSWER_SECONDS}s"}}

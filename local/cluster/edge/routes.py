"""Envoy's routes: exactly the declared operations; whatever matches none of them is not found."""

import re
from typing import Any

from local.cluster.edge.backends import Backend, Entry
from local.cluster.edge.gateway import Operation
from local.cluster.edge.mapping import headers_to_add
from local.cluster.edge.tokens import route_checks
from local.cluster.errors import NotHonouredError

ANSWER_SECONDS = 29
"""The API Gateway's integration time-out."""


def routes(operations: tuple[Operation, ...], entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    """One route for each operation, those that win first.

    Raises:
        NotHonouredError: an operation leads to no entry.
    """
    ordered = sorted(operations, key=_precedence)
    return [_route(operation, _entry(operation, entries).backend) for operation in ordered]


def _entry(operation: Operation, entries: tuple[Entry, ...]) -> Entry:
    for entry in entries:
        if entry.leads(operation.path):
            return entry
    raise NotHonouredError(
        f"the API Gateway's route {operation.method} {operation.path} is on no path of the balancer: "
        f"{', '.join(entry.pattern for entry in entries) or 'it has none'}"
    )


def _precedence(operation: Operation) -> tuple[list[int], bool]:
    """As at the API Gateway: the more specific path first, and of two methods on one path the named one."""
    kinds = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in operation.path.split("/")]
    return kinds, operation.method == "ANY"


def _route(operation: Operation, backend: Backend) -> dict[str, Any]:
    match: dict[str, Any] = {"safe_regex": {"regex": _regex(operation.path)}}
    if operation.method != "ANY":
        match["headers"] = [{"name": ":method", "string_match": {"exact": operation.method}}]
    return {
        "match": match,
        "route": {
            "cluster": backend.name,
            "timeout": f"{ANSWER_SECONDS}s",
            # Only what never reached a pod is tried again: no POST is ever carried out twice by the edge.
            "retry_policy": {"retry_on": "connect-failure", "num_retries": 2},
        },
        "request_headers_to_add": headers_to_add(operation.written),
        "typed_per_filter_config": route_checks(operation.authorizer) if operation.authorizer else {},
    }


def _regex(path: str) -> str:
    return "/".join(_segment(part) for part in path.split("/"))


def _segment(part: str) -> str:
    if part.startswith("{"):
        return ".+" if part.endswith("+}") else "[^/]+"
    return re.escape(part)

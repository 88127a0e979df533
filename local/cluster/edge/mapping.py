"""What an integration of the API Gateway writes into every request before it goes on: its parameter mapping."""

from collections.abc import Iterable
from typing import Any

from local.cluster.errors import NotHonouredError
from local.host.model import Resource

INTEGRATION_TYPE = "aws:apigatewayv2/integration:Integration"
_OVERWRITE = "overwrite:header."
_VALUES = {"$context.identity.sourceIp": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"}

Header = tuple[str, str]
"""A header's name, and its value in Envoy's words."""


def written_headers(integration: Resource) -> tuple[Header, ...]:
    """The headers that it writes; what a client sends under such a name is gone.

    Raises:
        NotHonouredError: it asks for what the edge cannot do.
    """
    asked: dict[str, str] = integration.inputs.get("requestParameters") or {}
    for key, value in asked.items():
        if not key.startswith(_OVERWRITE) or value not in _VALUES:
            raise NotHonouredError(f"{integration.urn}: requestParameters {key!r}: {value!r} is not honoured")
    return tuple((key.removeprefix(_OVERWRITE), _VALUES[value]) for key, value in sorted(asked.items()))


def headers_to_add(headers: Iterable[Header]) -> list[dict[str, Any]]:
    """The headers as Envoy's route takes them."""
    return [
        {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for name, value in headers
    ]

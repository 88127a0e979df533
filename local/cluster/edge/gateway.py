"""What the API Gateway lets through: the operations and the token check that the program declared."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local.cluster.edge.mapping import INTEGRATION_TYPE, Header, written_headers
from local.cluster.errors import NotHonouredError
from local.host.model import Model, Resource

ROUTE_TYPE = "aws:apigatewayv2/route:Route"
AUTHORIZER_TYPE = "aws:apigatewayv2/authorizer:Authorizer"

_METHODS = frozenset({"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_PATH = re.compile(r"(/([A-Za-z0-9._~-]+|\{[A-Za-z0-9._:-]+\+?\}))+|/")
_IDENTITY_SOURCE = "$request.header.Authorization"


@dataclass(frozen=True)
class Authorizer:
    """A JWT authorizer; a token must come from the issuer and be meant for one of the audiences."""

    name: str
    issuer: str
    audiences: tuple[str, ...]

    @property
    def pool(self) -> str:
        """The user pool's id: the last segment of the issuer."""
        return self.issuer.rstrip("/").rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Operation:
    """A declared method and path; `{name}` stands for one path segment, `{name+}` for the whole rest.

    Attributes:
        method: of HTTP.
        path: the declared path.
        authorizer: who checks the token; None for an operation that needs none.
        written: the headers that its integration writes into the request.
    """

    method: str
    path: str
    authorizer: Authorizer | None
    written: tuple[Header, ...] = ()


def operations(model: Model) -> tuple[Operation, ...]:
    """The operations of every API of the model.

    Raises:
        NotHonouredError: a route or authorizer asks for what the edge cannot do; nothing is let through half checked.
    """
    authorizers = {resource.id: _authorizer(resource) for resource in model.of_type(AUTHORIZER_TYPE)}
    written = {f"integrations/{one.id}": written_headers(one) for one in model.of_type(INTEGRATION_TYPE)}
    return tuple(
        _operation(resource, authorizers, written.get(str(resource.inputs.get("target")), ()))
        for resource in model.of_type(ROUTE_TYPE)
    )


def _authorizer(resource: Resource) -> Authorizer:
    inputs = resource.inputs
    _expect(resource, "authorizerType", inputs.get("authorizerType"), ["JWT"])
    for source in inputs.get("identitySources") or [None]:
        _expect(resource, "identitySources", source, [_IDENTITY_SOURCE])
    jwt: dict[str, Any] = inputs.get("jwtConfiguration") or {}
    if not jwt.get("issuer") or not jwt.get("audiences"):
        raise NotHonouredError(f"{resource.urn}: jwtConfiguration needs an issuer and at least one audience")
    return Authorizer(resource.name, jwt["issuer"], tuple(jwt["audiences"]))


def _operation(resource: Resource, authorizers: dict[str | None, Authorizer], written: tuple[Header, ...]) -> Operation:
    inputs = resource.inputs
    method, _, path = str(inputs.get("routeKey")).partition(" ")
    if method not in _METHODS or not _PATH.fullmatch(path):
        raise NotHonouredError(f"{resource.urn}: routeKey {inputs.get('routeKey')!r} is not a method and a path")
    if inputs.get("authorizationScopes"):
        raise NotHonouredError(f"{resource.urn}: authorizationScopes is not honoured by the edge of one machine")
    kind = inputs.get("authorizationType") or "NONE"
    _expect(resource, "authorizationType", kind, ["JWT", "NONE"])
    if kind == "NONE":
        return Operation(method, path, None, written)
    authorizer = authorizers.get(inputs.get("authorizerId"))
    if authorizer is None:
        raise NotHonouredError(f"{resource.urn}: authorizerId {inputs.get('authorizerId')!r} is no declared authorizer")
    return Operation(method, path, authorizer, written)


def _expect(resource: Resource, name: str, value: object, known: Sequence[object]) -> None:
    if value not in known:
        raise NotHonouredError(f"{resource.urn}: {name} {value!r} is not honoured, only {known}")

"""The regional API: nothing but what is public on purpose is reachable without a valid access token."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.registry import RULES

ROUTE = "aws:apigatewayv2/route:Route"
PUBLIC = frozenset(
    {
        "GET /",
        "GET /openapi.json",
        "POST /identity/password-reset",
        "POST /identity/password-reset/confirm",
        "POST /identity/refresh",
        "POST /identity/sign-in",
        "POST /identity/sign-in/new-password",
    }
)
"""What somebody without a token needs to get one, and the pages about it. A longer list is a decision of this pack."""


def _route(**properties: Any) -> Resource:
    return sample(ROUTE, {"routeKey": "POST /create-order", **properties})


@RULES.resource_rule(
    name="route-auth",
    types=(ROUTE,),
    why="API Gateway lets everybody through a route that says nothing, and this one leads to customers' orders.",
    remedy="set authorizationType JWT and authorizerId to the authorizer of the region's user pool, or put a route "
    "that has to be public on this rule's list.",
    source="CKV_AWS_309",
    accepts=(
        _route(authorizationType="JWT", authorizerId="a1b2c3"),
        _route(routeKey="POST /identity/sign-in", authorizationType="NONE"),
    ),
    rejects={
        "'POST /create-order' asks for no access token": _route(),
        "asks for no access token": _route(authorizationType="NONE", authorizerId="a1b2c3"),
        "names no authorizer": _route(authorizationType="JWT"),
    },
)
def every_route_asks_for_a_token(route: Resource) -> Iterator[str]:
    """The route is guarded by the JWT authorizer, or is one that everybody needs."""
    if route.text("routeKey") in PUBLIC:
        return
    if route.properties.get("authorizationType") != "JWT":
        yield f"route {route.text('routeKey')!r} asks for no access token"
    elif not route.properties.get("authorizerId"):
        yield f"route {route.text('routeKey')!r} names no authorizer"

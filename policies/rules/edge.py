"""The regional API: nothing is reachable without a valid access token."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.registry import RULES

ROUTE = "aws:apigatewayv2/route:Route"


def _route(**properties: Any) -> Resource:
    return sample(ROUTE, {"routeKey": "POST /create-order", **properties})


@RULES.resource_rule(
    name="route-auth",
    types=(ROUTE,),
    why="API Gateway lets everybody through a route that says nothing, and this one leads to customers' orders.",
    remedy="set authorizationType JWT and authorizerId to the authorizer of the region's user pool.",
    source="CKV_AWS_309",
    accepts=(_route(authorizationType="JWT", authorizerId="a1b2c3"),),
    rejects={
        "'POST /create-order' asks for no access token": _route(),
        "asks for no access token": _route(authorizationType="NONE", authorizerId="a1b2c3"),
        "names no authorizer": _route(authorizationType="JWT"),
    },
)
def every_route_asks_for_a_token(route: Resource) -> Iterator[str]:
    """The route is guarded by the JWT authorizer."""
    if route.properties.get("authorizationType") != "JWT":
        yield f"route {route.text('routeKey')!r} asks for no access token"
    elif not route.properties.get("authorizerId"):
        yield f"route {route.text('routeKey')!r} names no authorizer"

"""Stages of the API: what came in is written down, and no caller takes what all of them share."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping, number
from policies.registry import RULES

STAGE = "aws:apigatewayv2/stage:Stage"

_LIMITS = ("throttlingRateLimit", "throttlingBurstLimit")
_SECRET = ("$request.header.authorization", "$context.authorizer.jwt", "$request.body", "$request.header.cookie")
"""What must not come into a log: it would be a second place of tokens and orders, kept and read by others."""


def _stage(
    limits: object = (500, 1000), log: object = "arn:aws:logs:eu-west-1:111122223333:log-group:api", **more: Any
) -> Resource:
    stated = dict(zip(_LIMITS, limits, strict=True)) if isinstance(limits, tuple) else limits
    logs = {"destinationArn": log, "format": '{"requestId": "$context.requestId"}'}
    return sample(STAGE, {"name": "$default", "accessLogSettings": logs, "defaultRouteSettings": stated, **more}, "api")


@RULES.resource_rule(
    name="api-logs-throttle",
    types=(STAGE,),
    why="Without limits one caller, or one loop in a client, takes the rate that AWS gives the whole account; without "
    "an access log nobody can tell who it was, or that it was at all.",
    remedy="set accessLogSettings with destinationArn and a format without tokens, and throttlingRateLimit and "
    "throttlingBurstLimit above 0 in defaultRouteSettings, and in each of routeSettings that sets one.",
    source="CKV_AWS_76, CKV_AWS_95; API Gateway developer guide, throttling and logging of HTTP APIs",
    accepts=(
        _stage(),
        _stage((500.0, 1000.0), routeSettings=[{"routeKey": "POST /orders", "detailedMetricsEnabled": True}]),
        _stage(routeSettings=[{"routeKey": "POST /orders", "throttlingRateLimit": 5, "throttlingBurstLimit": 5}]),
    ),
    rejects={
        "stage 'api' writes no access log": _stage(accessLogSettings=None),
        "'api' writes no access log": _stage(log=None),
        "stage 'api' writes an access log of nothing": _stage(accessLogSettings={"destinationArn": "arn:aws:logs"}),
        "stage 'api' logs $request.header.authorization": _stage(
            accessLogSettings={"destinationArn": "arn:aws:logs", "format": "$request.header.Authorization"}
        ),
        "stage 'api' has no throttlingRateLimit": _stage(None),
        "stage 'api' has no throttlingBurstLimit": _stage((500, None)),
        "has no throttlingRateLimit": _stage((0, 1000)),
        "has no throttlingBurstLimit": _stage((500, -1)),
        "has no throttlingRateLimit for 'POST /orders'": _stage(
            routeSettings=[{"routeKey": "POST /orders", "throttlingBurstLimit": 5}]
        ),
    },
)
def logged_and_limited(stage: Resource) -> Iterator[str]:
    """The stage writes an access log, and lets through no more than it says."""
    logs = mapping(stage.properties.get("accessLogSettings"))
    pattern = str(logs.get("format") or "")
    if not str(logs.get("destinationArn") or "").startswith("arn:"):
        yield f"stage {stage.name!r} writes no access log"
    elif "$context." not in pattern and "$request." not in pattern:
        yield f"stage {stage.name!r} writes an access log of nothing"
    for secret in _SECRET:
        if secret in pattern.lower():
            yield f"stage {stage.name!r} logs {secret}"
    for limit in _LIMITS:
        if (number(mapping(stage.properties.get("defaultRouteSettings")).get(limit)) or 0.0) <= 0:
            yield f"stage {stage.name!r} has no {limit}"
    for route in map(mapping, listed(stage.properties.get("routeSettings"))):
        limits = [limit for limit in _LIMITS if route.get(limit) is not None]
        for limit in _LIMITS if limits else ():
            if (number(route.get(limit)) or 0.0) <= 0:
                yield f"stage {stage.name!r} has no {limit} for {str(route.get('routeKey'))!r}"

"""The region's public door: an HTTP API with a few public routes; the others want a valid access token."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.key import EncryptionKey, EncryptionKeyArgs
from infra.log_group import LogGroup, LogGroupArgs, log_encryption
from infra.placement import Placement
from infra.tags import Tags

_LOGGED = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLatency": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
    "authorizerError": "$context.authorizer.error",
    "sourceIp": "$context.identity.sourceIp",
}

# Behind the VPC link `X-Forwarded-For` ends with the link's own address, and may not be mapped.
_CLIENT_ADDRESS = "overwrite:header.x-client-address"

# The longest that an HTTP API waits.
_TIMEOUT_MILLISECONDS = 29_000


@dataclass(frozen=True)
class EdgeArgs:
    """What an edge needs to be told.

    Attributes:
        routes: route keys, each a method and a path: `GET /orders/{id}`; a caller needs an access token.
        public_routes: route keys that anybody may call.
        listener_arn: the listener inside the network that every request goes to, through `vpc_link_id`.
        server_name: the name for which that listener must show a certificate.
        issuer: who issues the access tokens that are let through, for the `audiences` alone.
        requests_per_second: the steady rate that is let through; `burst` more may come at once.
    """

    routes: Sequence[str]
    public_routes: Sequence[str]
    listener_arn: pulumi.Input[str]
    vpc_link_id: pulumi.Input[str]
    server_name: pulumi.Input[str]
    issuer: pulumi.Input[str]
    audiences: Sequence[pulumi.Input[str]]
    requests_per_second: int
    burst: int
    log_retention_days: int
    placement: Placement
    tags: Tags

    def __post_init__(self) -> None:
        keys = [*self.routes, *self.public_routes]
        strange = [key for key in keys if unlike(key, r"(GET|POST|PUT|PATCH|DELETE) /\S*", "")]
        repeated = sorted({key for key in keys if keys.count(key) > 1})
        refuse_faults(
            "Edge",
            routes=_reason_against(strange, "must be a method and a path")
            or _reason_against(repeated, "must be stated once"),
            requests_per_second=outside(self.requests_per_second, 1, 10_000, "requests per second"),
            burst=outside(self.burst, 1, 5_000, "requests"),
        )


class Edge(pulumi.ComponentResource):
    """An API with one JWT authorizer, one private integration and a throttled, logged default stage.

    It answers under its custom names alone, never under the one that AWS gives it.
    """

    api_id: pulumi.Output[str]
    stage: pulumi.Output[str]

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Edge", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        api = aws.apigatewayv2.Api(
            name,
            name=name,
            protocol_type="HTTP",
            disable_execute_api_endpoint=True,
            tags=args.tags.as_tags(),
            opts=child,
        )
        authorizer = aws.apigatewayv2.Authorizer(
            name,
            name=name,
            api_id=api.id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration={"issuer": args.issuer, "audiences": list(args.audiences)},
            opts=child,
        )
        integration = aws.apigatewayv2.Integration(
            name,
            api_id=api.id,
            integration_type="HTTP_PROXY",
            integration_method="ANY",
            integration_uri=args.listener_arn,
            connection_type="VPC_LINK",
            connection_id=args.vpc_link_id,
            tls_config={"server_name_to_verify": args.server_name},
            payload_format_version="1.0",
            timeout_milliseconds=_TIMEOUT_MILLISECONDS,
            request_parameters={_CLIENT_ADDRESS: "$context.identity.sourceIp"},
            opts=child,
        )
        target = pulumi.Output.concat("integrations/", integration.id)
        for key in args.routes:
            aws.apigatewayv2.Route(
                f"{name} {key}",
                api_id=api.id,
                route_key=key,
                target=target,
                authorization_type="JWT",
                authorizer_id=authorizer.id,
                opts=child,
            )
        for key in args.public_routes:
            aws.apigatewayv2.Route(
                f"{name} {key}", api_id=api.id, route_key=key, target=target, authorization_type="NONE", opts=child
            )
        self.api_id = api.id
        self.stage = self._stage(name, args, api)
        self.register_outputs({"apiId": self.api_id, "stage": self.stage})

    def _stage(self, name: str, args: EdgeArgs, api: aws.apigatewayv2.Api) -> pulumi.Output[str]:
        logs = f"/aws/apigateway/{name}"
        key = EncryptionKey(
            f"{name}-logs",
            EncryptionKeyArgs(
                f"Access logs of {name}", args.placement, args.tags, uses=[log_encryption(args.placement, logs)]
            ),
            pulumi.ResourceOptions(parent=self),
        )
        log_group = LogGroup(
            logs, LogGroupArgs(key.arn, args.log_retention_days, args.tags), pulumi.ResourceOptions(parent=self)
        )
        stage = aws.apigatewayv2.Stage(
            name,
            name="$default",
            api_id=api.id,
            auto_deploy=True,
            access_log_settings={"destination_arn": log_group.arn, "format": json.dumps(_LOGGED)},
            default_route_settings={
                "throttling_rate_limit": args.requests_per_second,
                "throttling_burst_limit": args.burst,
                "detailed_metrics_enabled": True,
            },
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return stage.name


def _reason_against(keys: Sequence[str], law: str) -> str | None:
    return f"{law}: {', '.join(map(repr, keys))}" if keys else None

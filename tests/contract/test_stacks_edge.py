"""The way in: every operation of the registry has its route, and none but the public ones is walked without a token."""

import json

import pytest

from local.host import Model
from services.registry import SERVICES
from tests.support.stacks import STACKS, WORLDWIDE, model_of, only

ROUTES = [route for service in SERVICES for route in service.routes]
OPERATIONS = {f"{route.method} {route.path}" for route in ROUTES}
PUBLIC = {f"{route.method} {route.path}" for route in ROUTES if route.public}


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def test_every_operation_has_a_route_and_nothing_else_has(model: Model) -> None:
    keys = [route.inputs["routeKey"] for route in model.of_type("aws:apigatewayv2/route:Route")]
    assert sorted(keys) == sorted(OPERATIONS)


def test_every_route_but_the_public_ones_asks_for_a_token_and_leads_into_the_network(model: Model) -> None:
    authorizer = only(model, "aws:apigatewayv2/authorizer:Authorizer")
    integration = only(model, "aws:apigatewayv2/integration:Integration")
    for route in model.of_type("aws:apigatewayv2/route:Route"):
        public = route.inputs["routeKey"] in PUBLIC
        assert route.inputs["authorizationType"] == ("NONE" if public else "JWT")
        assert route.inputs.get("authorizerId") == (None if public else authorizer.id)
        assert route.inputs["target"] == f"integrations/{integration.id}"
    assert integration.inputs["requestParameters"] == {
        "overwrite:header.x-client-address": "$context.identity.sourceIp"
    }
    assert integration.inputs["connectionType"] == "VPC_LINK"
    assert integration.inputs["integrationUri"].startswith("arn:aws:elasticloadbalancing:")


def test_tokens_are_those_of_the_one_pool_and_its_clients(model: Model) -> None:
    authorizer = only(model, "aws:apigatewayv2/authorizer:Authorizer").inputs
    told = model_of(WORLDWIDE).outputs
    assert authorizer["identitySources"] == ["$request.header.Authorization"]
    assert set(authorizer["jwtConfiguration"]["audiences"]) == {told["userPoolClientId"], told["serviceClientId"]}
    assert authorizer["jwtConfiguration"]["issuer"] == told["tokenIssuer"]


def test_the_stage_is_throttled_and_logs_every_request(model: Model) -> None:
    stage = only(model, "aws:apigatewayv2/stage:Stage").inputs
    log_groups = {group.inputs["name"]: group for group in model.of_type("aws:cloudwatch/logGroup:LogGroup")}
    log_group = log_groups[f"/aws/apigateway/cloud-sales-{model.stack}-api"]
    assert stage["autoDeploy"] is True
    assert stage["defaultRouteSettings"]["throttlingRateLimit"] == 500
    assert stage["defaultRouteSettings"]["throttlingBurstLimit"] == 1000
    assert stage["accessLogSettings"]["destinationArn"] == log_group.outputs["arn"]
    assert {"requestId", "routeKey", "status"} <= json.loads(stage["accessLogSettings"]["format"]).keys()


def test_no_log_is_kept_for_ever_or_in_the_clear(model: Model) -> None:
    keys = {key.outputs["arn"] for key in model.of_type("aws:kms/key:Key")}
    for group in model.of_type("aws:cloudwatch/logGroup:LogGroup"):
        assert 0 < group.inputs["retentionInDays"] <= 365
        assert group.inputs["kmsKeyId"] in keys

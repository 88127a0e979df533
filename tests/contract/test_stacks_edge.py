"""The way in: every operation of the registry has its route, and no route can be walked without an access token."""

import json

import pytest

from local.host import Model
from services.registry import OPERATORS, SERVICES
from tests.support.stacks import STACKS, model_of, only

OPERATIONS = {f"{route.method} {route.path}" for service in SERVICES for route in service.routes}


@pytest.fixture(params=STACKS)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(request.param)


def test_every_operation_has_a_route_and_nothing_else_has(model: Model) -> None:
    keys = [route.inputs["routeKey"] for route in model.of_type("aws:apigatewayv2/route:Route")]
    assert sorted(keys) == sorted(OPERATIONS)


def test_every_route_asks_for_a_token_and_leads_into_the_network(model: Model) -> None:
    authorizer = only(model, "aws:apigatewayv2/authorizer:Authorizer")
    integration = only(model, "aws:apigatewayv2/integration:Integration")
    for route in model.of_type("aws:apigatewayv2/route:Route"):
        assert route.inputs["authorizationType"] == "JWT"
        assert route.inputs["authorizerId"] == authorizer.id
        assert route.inputs["target"] == f"integrations/{integration.id}"
    assert integration.inputs["connectionType"] == "VPC_LINK"
    assert integration.inputs["integrationUri"].startswith("arn:aws:elasticloadbalancing:")


def test_tokens_are_those_of_the_region_s_own_pool_and_client(model: Model) -> None:
    authorizer = only(model, "aws:apigatewayv2/authorizer:Authorizer").inputs
    pool = only(model, "aws:cognito/userPool:UserPool")
    client = only(model, "aws:cognito/userPoolClient:UserPoolClient")
    assert authorizer["identitySources"] == ["$request.header.Authorization"]
    assert authorizer["jwtConfiguration"]["audiences"] == [client.id]
    region = pool.outputs["arn"].split(":")[3]
    assert authorizer["jwtConfiguration"]["issuer"] == f"https://cognito-idp.{region}.amazonaws.com/{pool.id}"


def test_sign_in_reveals_nothing_and_can_be_revoked(model: Model) -> None:
    pool = only(model, "aws:cognito/userPool:UserPool")
    client = only(model, "aws:cognito/userPoolClient:UserPoolClient").inputs
    assert pool.protect
    assert pool.inputs["deletionProtection"] == "ACTIVE"
    assert set(client["explicitAuthFlows"]) == {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert client["enableTokenRevocation"] is True
    assert client["preventUserExistenceErrors"] == "ENABLED"
    assert (client["accessTokenValidity"], client["tokenValidityUnits"]["accessToken"]) == (60, "minutes")


def test_operators_are_a_group_of_the_region_s_own_pool(model: Model) -> None:
    group = only(model, "aws:cognito/userGroup:UserGroup").inputs
    assert group == {"name": OPERATORS, "userPoolId": only(model, "aws:cognito/userPool:UserPool").id}


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

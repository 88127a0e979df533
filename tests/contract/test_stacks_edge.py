"""The way in: every operation of the registry has its route, and none but the public ones is walked without a token."""

import json
import string

import pytest

from local.host import Model, Resource
from services.common import passwords
from services.registry import SERVICES, STAFF_GROUPS
from tests.support.stacks import STACKS, model_of, only

ROUTES = [route for service in SERVICES for route in service.routes]
OPERATIONS = {f"{route.method} {route.path}" for route in ROUTES}
PUBLIC = {f"{route.method} {route.path}" for route in ROUTES if route.public}
CLIENT = "aws:cognito/userPoolClient:UserPoolClient"
KINDS = {
    "requireLowercase": string.ascii_lowercase,
    "requireUppercase": string.ascii_uppercase,
    "requireNumbers": string.digits,
    "requireSymbols": passwords.SYMBOLS,
}


def client_of(model: Model, thing: str) -> Resource:
    name = f"cloud-sales-{model.stack}-{thing}"
    return next(client for client in model.of_type(CLIENT) if client.inputs["name"] == name)


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


def test_tokens_are_those_of_the_region_s_own_pool_and_client(model: Model) -> None:
    authorizer = only(model, "aws:apigatewayv2/authorizer:Authorizer").inputs
    pool = only(model, "aws:cognito/userPool:UserPool")
    clients = model.of_type(CLIENT)
    assert authorizer["identitySources"] == ["$request.header.Authorization"]
    assert set(authorizer["jwtConfiguration"]["audiences"]) == {client.id for client in clients}
    region = pool.outputs["arn"].split(":")[3]
    assert authorizer["jwtConfiguration"]["issuer"] == f"https://cognito-idp.{region}.amazonaws.com/{pool.id}"


def test_sign_in_reveals_nothing_and_can_be_revoked(model: Model) -> None:
    pool = only(model, "aws:cognito/userPool:UserPool")
    client = client_of(model, "users").inputs
    assert pool.protect
    assert pool.inputs["deletionProtection"] == "ACTIVE"
    assert set(client["explicitAuthFlows"]) == {
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    }
    assert client["enableTokenRevocation"] is True
    assert client["preventUserExistenceErrors"] == "ENABLED"
    assert (client["accessTokenValidity"], client["tokenValidityUnits"]["accessToken"]) == (60, "minutes")


def test_the_pool_gives_nobody_a_new_password_by_itself(model: Model) -> None:
    recovery = only(model, "aws:cognito/userPool:UserPool").inputs["accountRecoverySetting"]
    assert recovery["recoveryMechanisms"] == [{"name": "admin_only", "priority": 1}]


def test_a_new_password_is_what_the_product_says_it_must_be(model: Model) -> None:
    policy = only(model, "aws:cognito/userPool:UserPool").inputs["passwordPolicy"]
    good = passwords.temporary()
    assert policy["minimumLength"] == passwords.MIN_LENGTH
    assert passwords.fault(good) is None
    for name, characters in KINDS.items():
        without = "".join(character for character in good if character not in characters) + "x-Y2" * 3
        without = "".join(character for character in without if character not in characters)
        assert (passwords.fault(without) is not None) is policy[name], name


def test_a_service_gets_tokens_for_itself_alone(model: Model) -> None:
    client = client_of(model, "users-services").inputs
    server = only(model, "aws:cognito/resourceServer:ResourceServer").inputs
    domain = only(model, "aws:cognito/userPoolDomain:UserPoolDomain").inputs
    assert client["generateSecret"] is True
    assert client["allowedOauthFlows"] == ["client_credentials"]
    assert client["explicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    defined = {f"{server['identifier']}/{scope['scopeName']}" for scope in server["scopes"]}
    assert set(client["allowedOauthScopes"]) == defined
    assert domain["userPoolId"] == server["userPoolId"] == client["userPoolId"]


def test_staff_are_groups_of_the_region_s_own_pool(model: Model) -> None:
    groups = [group.inputs for group in model.of_type("aws:cognito/userGroup:UserGroup")]
    assert {group["name"] for group in groups} == set(STAFF_GROUPS)
    assert {group["userPoolId"] for group in groups} == {only(model, "aws:cognito/userPool:UserPool").id}


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

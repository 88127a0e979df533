"""The user pool: one for all regions, where none of them is."""

import string

import pytest

from local.host import Model, Resource
from services.common import passwords
from services.registry import STAFF_GROUPS
from tests.support.stacks import STACKS, WORLDWIDE, model_of, only

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


@pytest.fixture
def shared() -> Model:
    return model_of(WORLDWIDE)


def test_no_region_has_a_pool_of_its_own_and_the_one_outlives_each_of_them(shared: Model) -> None:
    pool = only(shared, "aws:cognito/userPool:UserPool")
    assert shared.outputs["userPoolId"] == pool.id
    region = pool.outputs["arn"].split(":")[3]
    assert shared.outputs["tokenIssuer"] == f"https://cognito-idp.{region}.amazonaws.com/{pool.id}"
    for stack in STACKS:
        assert not [one for one in model_of(stack) if one.type.startswith("aws:cognito/")]
        assert region != model_of(stack).outputs["awsRegion"]


def test_sign_in_reveals_nothing_and_can_be_revoked(shared: Model) -> None:
    pool = only(shared, "aws:cognito/userPool:UserPool")
    client = client_of(shared, "users").inputs
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


def test_the_pool_gives_nobody_a_new_password_by_itself(shared: Model) -> None:
    recovery = only(shared, "aws:cognito/userPool:UserPool").inputs["accountRecoverySetting"]
    assert recovery["recoveryMechanisms"] == [{"name": "admin_only", "priority": 1}]


def test_a_new_password_is_what_the_product_says_it_must_be(shared: Model) -> None:
    policy = only(shared, "aws:cognito/userPool:UserPool").inputs["passwordPolicy"]
    good = passwords.temporary()
    assert policy["minimumLength"] == passwords.MIN_LENGTH
    assert passwords.fault(good) is None
    for name, characters in KINDS.items():
        without = "".join(character for character in good if character not in characters) + "x-Y2" * 3
        without = "".join(character for character in without if character not in characters)
        assert (passwords.fault(without) is not None) is policy[name], name


def test_a_service_gets_tokens_for_itself_alone(shared: Model) -> None:
    client = client_of(shared, "users-services").inputs
    server = only(shared, "aws:cognito/resourceServer:ResourceServer").inputs
    domain = only(shared, "aws:cognito/userPoolDomain:UserPoolDomain").inputs
    assert client["generateSecret"] is True
    assert client["allowedOauthFlows"] == ["client_credentials"]
    assert client["explicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    defined = {f"{server['identifier']}/{scope['scopeName']}" for scope in server["scopes"]}
    assert set(client["allowedOauthScopes"]) == defined
    assert domain["userPoolId"] == server["userPoolId"] == client["userPoolId"]


def test_staff_are_groups_of_the_pool(shared: Model) -> None:
    groups = [group.inputs for group in shared.of_type("aws:cognito/userGroup:UserGroup")]
    assert {group["name"] for group in groups} == set(STAFF_GROUPS)
    assert {group["userPoolId"] for group in groups} == {only(shared, "aws:cognito/userPool:UserPool").id}

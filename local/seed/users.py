"""The demo's users in the region's user pool."""

from typing import TYPE_CHECKING
from uuid import UUID

from local.seed.demo import OPERATOR, PASSWORD, customers
from services.registry import OPERATORS

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def ensure_users(cognito: "CognitoIdentityProviderClient", pool_id: str) -> dict[str, UUID]:
    """Creates the users that are missing; each user's subject by e-mail."""
    return {customer.email: _ensure(cognito, pool_id, customer.email) for customer in customers()}


def ensure_operator(cognito: "CognitoIdentityProviderClient", pool_id: str) -> None:
    """Creates the operator if it is missing, and makes sure of its membership."""
    _ensure(cognito, pool_id, OPERATOR)
    cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=OPERATOR, GroupName=OPERATORS)


def _ensure(cognito: "CognitoIdentityProviderClient", pool_id: str, email: str) -> UUID:
    try:
        found = cognito.admin_get_user(UserPoolId=pool_id, Username=email)["UserAttributes"]
    except cognito.exceptions.UserNotFoundException:
        cognito.admin_create_user(
            UserPoolId=pool_id,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            MessageAction="SUPPRESS",
        )
        cognito.admin_set_user_password(UserPoolId=pool_id, Username=email, Password=PASSWORD, Permanent=True)
        found = cognito.admin_get_user(UserPoolId=pool_id, Username=email)["UserAttributes"]
    return UUID(next(attribute["Value"] for attribute in found if attribute["Name"] == "sub"))

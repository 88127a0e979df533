"""The demo's users in the user pool."""

from typing import TYPE_CHECKING
from uuid import UUID

from local.seed.demo import OPERATOR, PASSWORD, SUPPORT, customers
from services.registry import Caller

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def ensure_users(cognito: "CognitoIdentityProviderClient", pool_id: str) -> dict[str, UUID]:
    """Creates the customers' people that are missing; each one's subject by e-mail."""
    emails = [email for customer in customers() for email in (customer.email, customer.colleague.email)]
    return {email: _ensure(cognito, pool_id, email) for email in emails}


def ensure_staff(cognito: "CognitoIdentityProviderClient", pool_id: str) -> dict[str, UUID]:
    """Creates the operator and the support agent if they are missing, and makes sure of their membership; as above."""
    subjects = {}
    for email, group in {OPERATOR: Caller.OPERATOR, SUPPORT: Caller.SUPPORT}.items():
        subjects[email] = _ensure(cognito, pool_id, email)
        cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=email, GroupName=group)
    return subjects


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

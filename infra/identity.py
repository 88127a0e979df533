"""Who may sign in: a user pool and the one client that the product's callers use."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults
from infra.placement import Placement
from infra.tags import Tags


@dataclass(frozen=True)
class IdentityArgs:
    """What an identity provider needs to be told; an access token names those `groups` that its user is a member of."""

    access_token_minutes: int
    placement: Placement
    tags: Tags
    groups: Sequence[str] = ()
    refresh_token_days: int = 30

    def __post_init__(self) -> None:
        refuse_faults(
            "Identity",
            access_token_minutes=outside(self.access_token_minutes, 5, 1440, "minutes"),
            refresh_token_days=outside(self.refresh_token_days, 1, 3650, "days"),
        )


class Identity(pulumi.ComponentResource):
    """A pool whose users are known by e-mail address and invited by an administrator, never self-made."""

    user_pool_id: pulumi.Output[str]
    client_id: pulumi.Output[str]
    issuer: pulumi.Output[str]

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Identity", name, None, opts)
        pool = aws.cognito.UserPool(
            name,
            name=name,
            username_attributes=["email"],
            auto_verified_attributes=["email"],
            username_configuration={"case_sensitive": False},
            admin_create_user_config={"allow_admin_create_user_only": True},
            account_recovery_setting={"recovery_mechanisms": [{"name": "verified_email", "priority": 1}]},
            password_policy={
                "minimum_length": 12,
                "require_lowercase": True,
                "require_numbers": True,
                "require_symbols": True,
                "require_uppercase": True,
                "temporary_password_validity_days": 7,
            },
            mfa_configuration="OPTIONAL",
            software_token_mfa_configuration={"enabled": True},
            user_pool_tier="ESSENTIALS",
            deletion_protection="ACTIVE",
            tags=args.tags.as_tags(),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        client = aws.cognito.UserPoolClient(
            name,
            name=name,
            user_pool_id=pool.id,
            generate_secret=False,
            explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            access_token_validity=args.access_token_minutes,
            id_token_validity=args.access_token_minutes,
            refresh_token_validity=args.refresh_token_days,
            token_validity_units={"access_token": "minutes", "id_token": "minutes", "refresh_token": "days"},
            enable_token_revocation=True,
            prevent_user_existence_errors="ENABLED",
            opts=pulumi.ResourceOptions(parent=self),
        )
        for group in args.groups:
            aws.cognito.UserGroup(
                f"{name}-{group}", name=group, user_pool_id=pool.id, opts=pulumi.ResourceOptions(parent=self)
            )
        self.user_pool_id = pool.id
        self.client_id = client.id
        self.issuer = pulumi.Output.concat(f"https://cognito-idp.{args.placement.region}.amazonaws.com/", pool.id)
        self.register_outputs({"userPoolId": self.user_pool_id, "clientId": self.client_id, "issuer": self.issuer})

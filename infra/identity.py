"""Who may sign in: a user pool with one client for people and one for services that call for themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.checks import outside, refuse_faults, unlike
from infra.placement import Placement
from infra.tags import Tags


@dataclass(frozen=True)
class IdentityArgs:
    """What an identity provider needs to be told.

    Attributes:
        access_token_minutes: how long an access token is valid; it cannot be called back before.
        api: how the API is called that services get tokens for.
        service_scopes: what a service may ask for, each with its description; in tokens they read `<api>/<scope>`.
        groups: an access token names those that its user is a member of.
        refresh_token_days: how long a person stays signed in.
    """

    access_token_minutes: int
    api: str
    service_scopes: Mapping[str, str]
    placement: Placement
    tags: Tags
    groups: Sequence[str] = ()
    refresh_token_days: int = 30

    def __post_init__(self) -> None:
        refuse_faults(
            "Identity",
            access_token_minutes=outside(self.access_token_minutes, 5, 1440, "minutes"),
            refresh_token_days=outside(self.refresh_token_days, 1, 3650, "days"),
            api=unlike(self.api, r"[a-z][a-z0-9-]{0,47}", "a short name in lower case"),
            service_scopes=None if self.service_scopes else "must name at least one",
        )


class Identity(pulumi.ComponentResource):
    """A pool whose users are known by e-mail address and invited by an administrator, never self-made.

    It sends no mail: invitations and new passwords are the product's own business, and the pool's own way to a new
    password is closed, so that nobody gets past the product's limits on guessing.
    """

    user_pool_id: pulumi.Output[str]
    user_pool_arn: pulumi.Output[str]
    client_id: pulumi.Output[str]
    service_client_id: pulumi.Output[str]
    issuer: pulumi.Output[str]

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudsales:infra:Identity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        pool = self._pool(name, args)
        client = self._client(name, args, pool)
        services = self._services(name, args, pool)
        for group in args.groups:
            aws.cognito.UserGroup(f"{name}-{group}", name=group, user_pool_id=pool.id, opts=child)
        self.user_pool_id = pool.id
        self.user_pool_arn = pool.arn
        self.client_id = client.id
        self.service_client_id = services.id
        self.issuer = pulumi.Output.concat(f"https://cognito-idp.{args.placement.region}.amazonaws.com/", pool.id)
        self.register_outputs(
            {
                "userPoolId": self.user_pool_id,
                "clientId": self.client_id,
                "serviceClientId": self.service_client_id,
                "issuer": self.issuer,
            }
        )

    def _pool(self, name: str, args: IdentityArgs) -> aws.cognito.UserPool:
        return aws.cognito.UserPool(
            name,
            name=name,
            username_attributes=["email"],
            auto_verified_attributes=["email"],
            username_configuration={"case_sensitive": False},
            admin_create_user_config={"allow_admin_create_user_only": True},
            account_recovery_setting={"recovery_mechanisms": [{"name": "admin_only", "priority": 1}]},
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

    def _client(self, name: str, args: IdentityArgs, pool: aws.cognito.UserPool) -> aws.cognito.UserPoolClient:
        return aws.cognito.UserPoolClient(
            name,
            name=name,
            user_pool_id=pool.id,
            generate_secret=False,
            # The product signs people in with their password; a client that never lets it out of hand uses SRP.
            explicit_auth_flows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            access_token_validity=args.access_token_minutes,
            id_token_validity=args.access_token_minutes,
            refresh_token_validity=args.refresh_token_days,
            token_validity_units={"access_token": "minutes", "id_token": "minutes", "refresh_token": "days"},
            enable_token_revocation=True,
            prevent_user_existence_errors="ENABLED",
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _services(self, name: str, args: IdentityArgs, pool: aws.cognito.UserPool) -> aws.cognito.UserPoolClient:
        """The client credentials grant: its endpoint is on the pool's domain, its scopes are the resource server's."""
        child = pulumi.ResourceOptions(parent=self)
        aws.cognito.UserPoolDomain(name, domain=name, user_pool_id=pool.id, opts=child)
        server = aws.cognito.ResourceServer(
            name,
            identifier=args.api,
            name=args.api,
            scopes=[{"scope_name": scope, "scope_description": why} for scope, why in args.service_scopes.items()],
            user_pool_id=pool.id,
            opts=child,
        )
        return aws.cognito.UserPoolClient(
            f"{name}-services",
            name=f"{name}-services",
            user_pool_id=pool.id,
            generate_secret=True,
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["client_credentials"],
            allowed_oauth_scopes=[f"{args.api}/{scope}" for scope in args.service_scopes],
            # Without any, Cognito would open its defaults, and people could sign in here.
            explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
            access_token_validity=args.access_token_minutes,
            token_validity_units={"access_token": "minutes"},
            enable_token_revocation=True,
            prevent_user_existence_errors="ENABLED",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[server]),
        )

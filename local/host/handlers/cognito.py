"""User pools and what belongs to them; all is known by name, and ids come from the emulator."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.handlers.handler import Handler, changes, pascal
from local.host.model import Resource
from local.host.provider import Made

_PAGES: Any = {"PageSize": 60}
_MFA = {"mfaConfiguration", "softwareTokenMfaConfiguration"}
_FIXED = {"usernameAttributes", "aliasAttributes", "usernameConfiguration", "schemas", "name"}
"""What cannot be changed once a pool exists."""
_OAUTH = {
    "allowedOauthFlows": "AllowedOAuthFlows",
    "allowedOauthFlowsUserPoolClient": "AllowedOAuthFlowsUserPoolClient",
    "allowedOauthScopes": "AllowedOAuthScopes",
}
"""Names that the program and the API of Cognito spell differently."""


def make_pool(declared: Resource, emulator: Emulator) -> Made:
    """A user pool."""
    cognito, inputs, name = emulator.cognito, declared.inputs, declared.inputs["name"]
    pages = cognito.get_paginator("list_user_pools").paginate(PaginationConfig=_PAGES)
    pool = next((pool["Id"] for page in pages for pool in page["UserPools"] if pool["Name"] == name), None)
    if pool is None:
        fixed = {key: value for key, value in inputs.items() if key in _FIXED - {"name"}}
        create: Any = cognito.create_user_pool
        pool = create(PoolName=name, **pascal(fixed, {"schemas": "Schema"}), **_settings(inputs))["UserPool"]["Id"]
    else:
        update: Any = cognito.update_user_pool
        update(UserPoolId=pool, **_settings(changes(declared)))
    if "softwareTokenMfaConfiguration" in inputs:
        choose: Any = cognito.set_user_pool_mfa_config
        choose(UserPoolId=pool, **pascal({key: inputs[key] for key in _MFA & inputs.keys()}, {}))
    region = emulator.place.region
    return Made(
        pool,
        {
            "arn": f"arn:aws:cognito-idp:{region}:{emulator.place.account}:userpool/{pool}",
            "endpoint": f"cognito-idp.{region}.amazonaws.com/{pool}",
        },
    )


def make_client(declared: Resource, emulator: Emulator) -> Made:
    """A client of a user pool."""
    cognito, pool, name = emulator.cognito, declared.inputs["userPoolId"], declared.inputs["name"]
    pages = cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool, PaginationConfig=_PAGES)
    known = {client["ClientName"]: client["ClientId"] for page in pages for client in page["UserPoolClients"]}
    given = {key: value for key, value in changes(declared).items() if key not in {"userPoolId", "name"}}
    if name in known:
        given.pop("generateSecret", None)
        update: Any = cognito.update_user_pool_client
        client = update(UserPoolId=pool, ClientId=known[name], **pascal(given, _OAUTH))["UserPoolClient"]
    else:
        create: Any = cognito.create_user_pool_client
        client = create(UserPoolId=pool, ClientName=name, **pascal(given, _OAUTH))["UserPoolClient"]
    return Made(client["ClientId"], {"clientSecret": client.get("ClientSecret", "")})


def delete_client(orphan: Resource, emulator: Emulator) -> None:
    """Removes the client; tokens already issued live on until they expire."""
    emulator.cognito.delete_user_pool_client(UserPoolId=orphan.inputs["userPoolId"], ClientId=str(orphan.id))


def make_group(declared: Resource, emulator: Emulator) -> Made:
    """A group of a user pool."""
    cognito, pool, name = emulator.cognito, declared.inputs["userPoolId"], declared.inputs["name"]
    pages = cognito.get_paginator("list_groups").paginate(UserPoolId=pool)
    if name not in {group["GroupName"] for page in pages for group in page["Groups"]}:
        cognito.create_group(UserPoolId=pool, GroupName=name)
    return Made(f"{pool}/{name}", {})


def delete_group(orphan: Resource, emulator: Emulator) -> None:
    """Removes the group; its members stay."""
    emulator.cognito.delete_group(UserPoolId=orphan.inputs["userPoolId"], GroupName=orphan.inputs["name"])


def make_domain(declared: Resource, emulator: Emulator) -> Made:
    """The domain on which a user pool gives tokens to services. The emulator answers for it at its own address."""
    cognito, pool, domain = emulator.cognito, declared.inputs["userPoolId"], declared.inputs["domain"]
    if not cognito.describe_user_pool_domain(Domain=domain)["DomainDescription"]:
        cognito.create_user_pool_domain(UserPoolId=pool, Domain=domain)
    return Made(domain, {})


def delete_domain(orphan: Resource, emulator: Emulator) -> None:
    """Removes the domain."""
    emulator.cognito.delete_user_pool_domain(UserPoolId=orphan.inputs["userPoolId"], Domain=orphan.inputs["domain"])


def make_resource_server(declared: Resource, emulator: Emulator) -> Made:
    """A resource server, which defines the scopes that clients may have."""
    cognito, pool, identifier = emulator.cognito, declared.inputs["userPoolId"], declared.inputs["identifier"]
    pages = cognito.get_paginator("list_resource_servers").paginate(UserPoolId=pool, PaginationConfig={"PageSize": 50})
    known = {server["Identifier"] for page in pages for server in page["ResourceServers"]}
    keep: Any = cognito.update_resource_server if identifier in known else cognito.create_resource_server
    keep(**pascal(changes(declared), {}))
    return Made(f"{pool}|{identifier}", {})


def delete_resource_server(orphan: Resource, emulator: Emulator) -> None:
    """Removes the resource server with its scopes."""
    emulator.cognito.delete_resource_server(
        UserPoolId=orphan.inputs["userPoolId"], Identifier=orphan.inputs["identifier"]
    )


def _settings(inputs: Mapping[str, Any]) -> dict[str, Any]:
    given = {key: value for key, value in inputs.items() if key not in _FIXED | _MFA}
    if "passwordPolicy" in given:
        given["policies"] = {"passwordPolicy": given.pop("passwordPolicy")}
    if "tags" in given:
        given["userPoolTags"] = given.pop("tags")
    tags = given.pop("userPoolTags", None)
    settings: dict[str, Any] = pascal(given, {})
    return settings if tags is None else {**settings, "UserPoolTags": tags}


HANDLERS: Mapping[str, Handler] = {
    "aws:cognito/userPool:UserPool": Handler(make_pool),
    "aws:cognito/userPoolClient:UserPoolClient": Handler(make_client, delete_client),
    "aws:cognito/userGroup:UserGroup": Handler(make_group, delete_group),
    "aws:cognito/userPoolDomain:UserPoolDomain": Handler(make_domain, delete_domain),
    "aws:cognito/resourceServer:ResourceServer": Handler(make_resource_server, delete_resource_server),
}

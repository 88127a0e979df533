"""Who may ask a user pool for tokens, and the scopes that these may have."""

from collections.abc import Mapping
from typing import Any

from local.host.emulator import Emulator
from local.host.handlers.handler import Handler, changes, pascal
from local.host.model import Resource
from local.host.provider import Made

_PAGES: Any = {"PageSize": 60}
_OAUTH = {
    "allowedOauthFlows": "AllowedOAuthFlows",
    "allowedOauthFlowsUserPoolClient": "AllowedOAuthFlowsUserPoolClient",
    "allowedOauthScopes": "AllowedOAuthScopes",
}
"""Names that the program and the API of Cognito spell differently."""


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


def look_at_client(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the client is there."""
    emulator.cognito.describe_user_pool_client(UserPoolId=known.inputs["userPoolId"], ClientId=str(known.id))
    return {}


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


def look_at_resource_server(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the resource server is there."""
    pool, identifier = known.inputs["userPoolId"], known.inputs["identifier"]
    emulator.cognito.describe_resource_server(UserPoolId=pool, Identifier=identifier)
    return {}


HANDLERS: Mapping[str, Handler] = {
    "aws:cognito/userPoolClient:UserPoolClient": Handler(
        make_client, delete_client, look_at_client, known_by=frozenset({"userPoolId", "name"})
    ),
    "aws:cognito/resourceServer:ResourceServer": Handler(
        make_resource_server, delete_resource_server, look_at_resource_server
    ),
}

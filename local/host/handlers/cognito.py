"""User pools with their groups and domains; all is known by name, and ids come from the emulator."""

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


def delete_pool(orphan: Resource, emulator: Emulator) -> None:
    """Removes the pool with its users."""
    emulator.cognito.delete_user_pool(UserPoolId=str(orphan.id))


def look_at_pool(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the pool is there."""
    emulator.cognito.describe_user_pool(UserPoolId=str(known.id))
    return {}


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


def look_at_group(known: Resource, emulator: Emulator) -> Mapping[str, Any]:
    """Whether the group is there."""
    emulator.cognito.get_group(UserPoolId=known.inputs["userPoolId"], GroupName=known.inputs["name"])
    return {}


def make_domain(declared: Resource, emulator: Emulator) -> Made:
    """The domain on which a user pool gives tokens to services. The emulator answers for it at its own address."""
    cognito, pool, domain = emulator.cognito, declared.inputs["userPoolId"], declared.inputs["domain"]
    if not cognito.describe_user_pool_domain(Domain=domain)["DomainDescription"]:
        cognito.create_user_pool_domain(UserPoolId=pool, Domain=domain)
    return Made(domain, {})


def delete_domain(orphan: Resource, emulator: Emulator) -> None:
    """Removes the domain."""
    emulator.cognito.delete_user_pool_domain(UserPoolId=orphan.inputs["userPoolId"], Domain=orphan.inputs["domain"])


def look_at_domain(known: Resource, emulator: Emulator) -> Mapping[str, Any] | None:
    """Whether the domain is there."""
    return {} if emulator.cognito.describe_user_pool_domain(Domain=str(known.id))["DomainDescription"] else None


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
    "aws:cognito/userPool:UserPool": Handler(
        make_pool,
        delete_pool,
        look_at_pool,
        known_by=frozenset({"name"}),
        fixed=frozenset(_FIXED),
        lasting=True,
    ),
    "aws:cognito/userGroup:UserGroup": Handler(make_group, delete_group, look_at_group),
    "aws:cognito/userPoolDomain:UserPoolDomain": Handler(
        make_domain, delete_domain, look_at_domain, fixed=frozenset({"userPoolId"})
    ),
}

"""The user pool and its clients: nobody lets himself in, and nobody finds out who else is in."""

from collections.abc import Iterator
from typing import Any

from policies.examples import sample
from policies.model import Resource
from policies.reading import listed, mapping, number
from policies.registry import RULES

POOL = "aws:cognito/userPool:UserPool"
CLIENT = "aws:cognito/userPoolClient:UserPoolClient"

_SHORTEST_PASSWORD = 12
_LONGEST_TOKEN_HOURS = 24.0
_HOURS = {"seconds": 1 / 3600, "minutes": 1 / 60, "hours": 1.0, "days": 24.0}
_GRANTS = {"code", "client_credentials"}


def _pool(**changed: Any) -> Resource:
    stated = {
        "adminCreateUserConfig": {"allowAdminCreateUserOnly": True},
        "mfaConfiguration": "OPTIONAL",
        "passwordPolicy": {"minimumLength": 12},
    }
    return sample(POOL, stated | changed, "users")


def _client(**changed: Any) -> Resource:
    stated = {
        "preventUserExistenceErrors": "ENABLED",
        "enableTokenRevocation": True,
        "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "accessTokenValidity": 60,
        "tokenValidityUnits": {"accessToken": "minutes"},
    }
    return sample(CLIENT, stated | changed, "portal")


@RULES.resource_rule(
    name="user-pool-closed",
    types=(POOL,),
    why="An account of ours orders on a customer's bill: whoever may make one himself, guess a short password or find "
    "no second factor to set up gets there without anybody who let him in.",
    remedy="set adminCreateUserConfig.allowAdminCreateUserOnly true, mfaConfiguration OPTIONAL or ON, and "
    "passwordPolicy.minimumLength 12 or more.",
    source="NIST SP 800-63B; Cognito developer guide, security best practices",
    accepts=(_pool(), _pool(mfaConfiguration="ON", passwordPolicy={"minimumLength": 16.0})),
    rejects={
        "pool 'users' lets people sign up by themselves": _pool(adminCreateUserConfig=None),
        "lets people sign up": _pool(adminCreateUserConfig={"allowAdminCreateUserOnly": False}),
        "pool 'users' offers no second factor": _pool(mfaConfiguration="OFF"),
        "offers no second factor": _pool(mfaConfiguration=None),
        "pool 'users' takes passwords of 8 characters": _pool(passwordPolicy={"minimumLength": 8}),
        "takes passwords of 0 characters": _pool(passwordPolicy=None),
    },
)
def nobody_lets_himself_in(pool: Resource) -> Iterator[str]:
    """Users are invited, may have a second factor, and have a password that is not guessed."""
    if mapping(pool.properties.get("adminCreateUserConfig")).get("allowAdminCreateUserOnly") is not True:
        yield f"pool {pool.name!r} lets people sign up by themselves"
    if pool.properties.get("mfaConfiguration") not in ("OPTIONAL", "ON"):
        yield f"pool {pool.name!r} offers no second factor"
    shortest = number(mapping(pool.properties.get("passwordPolicy")).get("minimumLength")) or 0.0
    if shortest < _SHORTEST_PASSWORD:
        yield f"pool {pool.name!r} takes passwords of {shortest:g} characters, fewer than {_SHORTEST_PASSWORD}"


@RULES.resource_rule(
    name="pool-client-guarded",
    types=(CLIENT,),
    why="A client that says which addresses it knows tells an attacker whose passwords to try; tokens that cannot be "
    "called back, or that live for days, outlast the person who has left.",
    remedy="set preventUserExistenceErrors ENABLED, enableTokenRevocation true, explicitAuthFlows to the flows in "
    "use, accessTokenValidity to a day at most, and no implicit flow.",
    source="Cognito developer guide, managing user existence errors, token revocation; RFC 9700, section 2.1.2",
    accepts=(
        _client(),
        _client(allowedOauthFlows=["client_credentials"]),
        _client(accessTokenValidity=1, tokenValidityUnits=None),
        _client(accessTokenValidity=None),
    ),
    rejects={
        "client 'portal' tells which users there are": _client(preventUserExistenceErrors="LEGACY"),
        "tells which users there are": _client(preventUserExistenceErrors=None),
        "client 'portal' gives tokens that cannot be called back": _client(enableTokenRevocation=False),
        "client 'portal' leaves open how people sign in": _client(explicitAuthFlows=[]),
        "leaves open how people sign in": _client(explicitAuthFlows=None),
        "'portal' leaves open how people sign in": _client(explicitAuthFlows=["ADMIN_NO_SRP_AUTH"]),
        "client 'portal' puts tokens into addresses": _client(allowedOauthFlows=["code", "implicit"]),
        "gives access tokens for 25 hours": _client(
            accessTokenValidity=25, tokenValidityUnits={"accessToken": "hours"}
        ),
        "gives access tokens for 60 hours": _client(tokenValidityUnits=None),
    },
)
def tells_and_gives_little(client: Resource) -> Iterator[str]:
    """The client keeps to itself who is known, and its tokens end soon."""
    properties, who = client.properties, f"client {client.name!r}"
    if properties.get("preventUserExistenceErrors") != "ENABLED":
        yield f"{who} tells which users there are"
    if properties.get("enableTokenRevocation") is not True:
        yield f"{who} gives tokens that cannot be called back"
    # Without any, Cognito opens its defaults.
    flows = listed(properties.get("explicitAuthFlows"))
    if not flows or not all(str(flow).startswith("ALLOW_") for flow in flows):
        yield f"{who} leaves open how people sign in"
    if not set(map(str, listed(properties.get("allowedOauthFlows")))) <= _GRANTS:
        yield f"{who} puts tokens into addresses"
    stated = number(properties.get("accessTokenValidity"))
    unit = str(mapping(properties.get("tokenValidityUnits")).get("accessToken") or "hours")
    hours = (1.0 if stated is None else stated) * _HOURS.get(unit, 24.0)
    if hours > _LONGEST_TOKEN_HOURS:
        yield f"{who} gives access tokens for {hours:g} hours"

"""Secrets: under a key of our own, changed from time to time, and never a value in a settings or state file."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.examples import sample
from policies.model import Resource, Stack
from policies.places import is_own_key, place_of
from policies.reading import listed, mapping
from policies.registry import RULES

ENTRY = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
PARAMETER = "aws:ssm/parameter:Parameter"
FUNCTION = "aws:lambda/function:Function"

_IN_STATE = {
    VERSION: {"secretString": "secretStringWo", "secretBinary": "secretStringWo"},
    "aws:rds/cluster:Cluster": {"masterPassword": "masterPasswordWo"},
    "aws:rds/instance:Instance": {"password": "passwordWo"},
}
"""By type: the property that is kept in the state, and the one that is only written."""

_TELLING = (
    *("PASSWORD", "PASSWD", "PASS", "PWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "APP_KEY", "ACCESS_KEY"),
    *("PRIVATE_KEY", "CREDENTIALS"),
)
_ADDRESSES = ("URL", "URI", "DSN")
_IN_ADDRESS = re.compile(r"\w://[^/@\s:]*:[^/@\s]+@")

_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1"
_KEY = {"kmsKeyId": _ARN}


def _secret(**properties: Any) -> Resource:
    return sample(ENTRY, {"name": "ccp", **properties}, "ccp")


def _version(**properties: Any) -> Resource:
    return sample(VERSION, {"secretId": "arn:aws:secretsmanager:ccp", **properties}, "ccp")


def _function(variables: Mapping[str, str]) -> Resource:
    return sample(FUNCTION, {"environment": {"variables": variables}}, "sun")


@RULES.stack_rule(
    name="secrets-wo-cmk",
    types=(ENTRY, VERSION, ROTATION, PARAMETER, FUNCTION, *_IN_STATE),
    why="Whoever may read a settings file, a state file or a function's configuration would read the secret too, and "
    "there it stays when it is long forgotten; under AWS's own key everybody in the account may decrypt it.",
    remedy="set kmsKeyId (a parameter's keyId) to a key of our own, hand the value over by secretStringWo, valueWo or "
    "masterPasswordWo, or have a SecretRotation change it, and give a program the secret's ARN instead of its value.",
    source="CKV_AWS_149, CKV2_AWS_57; decision 0038, nobody has the database's first password",
    accepts=(
        [_secret(**_KEY), _version(secretStringWo="hunter2", secretStringWoVersion=1)],
        [_secret(**_KEY), _version(secretString="hunter2"), sample(ROTATION, {"secretId": "ccp"}, "ccp")],
        [sample(PARAMETER, {"type": "SecureString", "keyId": _ARN, "valueWo": "hunter2"})],
        [sample(PARAMETER, {"type": "String", "name": "/eu/region", "value": "eu"})],
        [
            _function(
                {"SECRETS_KEY_ARN": "arn:aws:kms:key", "TOKEN_ISSUERS": "https://pool.example", "API_PASSWORD": ""}
            )
        ],
        [_function({"API_TOKEN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:token"}), sample(FUNCTION, {})],
        [sample("aws:rds/cluster:Cluster", {"masterPasswordWo": "hunter2"})],
    ),
    rejects={
        "secret 'ccp' is under no key of our own": [_secret(), _version(secretStringWo="hunter2")],
        "'ccp' is under no key of our own": [_secret(kmsKeyId="alias/aws/secretsmanager")],
        "'ccp' is under no key of our own in eu-central-1": [
            _secret(**_KEY, replicas=[{"region": "eu-west-1", **_KEY}, {"region": "eu-central-1"}])
        ],
        "of our own in eu-west-2": [_secret(**_KEY, replicas=[{"region": "eu-west-2", **_KEY}])],
        "is given DATABASE_URL in plain": [_function({"DATABASE_URL": "postgresql://app:hunter2@db/orders"})],
        "is given DB_PASS in plain": [_function({"DB_PASS": "hunter2"})],
        "SecretVersion 'ccp' leaves its value in the state (secretString)": [
            _secret(**_KEY),
            _version(secretString="hunter2"),
        ],
        "leaves its value in the state (secretBinary)": [_secret(**_KEY), _version(secretBinary="aHVudGVyMg==")],
        "Cluster 'example' leaves its value in the state (masterPassword)": [
            sample("aws:rds/cluster:Cluster", {"masterPassword": "hunter2"})
        ],
        "parameter 'example' is under no key of our own": [sample(PARAMETER, {"type": "SecureString", "valueWo": "x"})],
        "parameter 'example' leaves its value in the state": [
            sample(PARAMETER, {"type": "SecureString", "keyId": _ARN, "value": "hunter2"})
        ],
        "parameter 'token' is no SecureString": [
            sample(PARAMETER, {"type": "String", "name": "/ccp/api-token", "value": "hunter2"}, "token")
        ],
        "function 'sun' is given API_TOKEN in plain": [_function({"API_TOKEN": "hunter2"})],
        "is given CCP_PASSWORD in plain": [_function({"CCP_PASSWORD": "hunter2", "LOG_LEVEL": "INFO"})],
    },
)
def kept_where_only_its_user_reads(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every secret is under an own key, and its value in no file that is kept for another reason."""
    for secret in stack.of_type(ENTRY):
        yield from ((secret, f"secret {secret.name!r} is under no key of our own{where}") for where in _open(secret))
    # A value that is rotated is no longer the one in the state: this asks for a rotation of the same name.
    rotated = {rotation.name for rotation in stack.of_type(ROTATION)}
    for holder in stack.of_type(*_IN_STATE):
        for kept in _IN_STATE[holder.type]:
            if kept in holder.properties and holder.properties[kept] is not None and holder.name not in rotated:
                kind = holder.type.rpartition(":")[2]
                yield holder, f"{kind} {holder.name!r} leaves its value in the state ({kept})"
    for parameter in stack.of_type(PARAMETER):
        yield from ((parameter, f"parameter {parameter.name!r} {fault}") for fault in _parameter(parameter))
    for function in stack.of_type(FUNCTION):
        variables = mapping(mapping(function.properties.get("environment")).get("variables"))
        for name in plain_secrets(variables):
            yield function, f"function {function.name!r} is given {name} in plain"


def _open(secret: Resource) -> Iterator[str]:
    """Where the secret, or a copy of it, is not under an own key."""
    if not is_own_key(secret.properties.get("kmsKeyId"), place_of(secret)):
        yield ""
    for copy in map(mapping, listed(secret.properties.get("replicas"))):
        if not is_own_key(copy.get("kmsKeyId"), str(copy.get("region") or "")):
            yield f" in {copy.get('region')}"


def _parameter(parameter: Resource) -> Iterator[str]:
    if parameter.properties.get("type") != "SecureString":
        if _tells(parameter.text("name").rpartition("/")[2].replace("-", "_")):
            yield "is no SecureString"
        return
    if not is_own_key(parameter.properties.get("keyId"), place_of(parameter)):
        yield "is under no key of our own"
    if any(parameter.properties.get(kept) is not None for kept in ("value", "insecureValue")):
        yield "leaves its value in the state"


def plain_secrets(variables: Mapping[str, Any]) -> Iterator[str]:
    """The names of variables that by their names hold a secret, and hold more than where it is kept."""
    for name in variables:
        # A value that is only known later is another resource's, and so an address rather than a secret.
        told = _tells(name) and any(not str(one).startswith("arn:") for one in listed(variables[name] or None))
        if told or (name.upper().endswith(_ADDRESSES) and _IN_ADDRESS.search(str(variables[name] or ""))):
            yield name


def _tells(name: str) -> bool:
    return name.upper().endswith(_TELLING)

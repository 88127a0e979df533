"""Calls that read a secret: of Secrets Manager itself, and of the Data API of RDS on behalf of who calls it."""

import json
from collections.abc import Callable, Iterator

from local.access.judgement import Check
from local.access.request import Request

_READ = "secretsmanager:GetSecretValue"

KeyOf = Callable[[str], str | None]


def checks(request: Request, action: str, resource: str, key_of: KeyOf) -> Iterator[Check]:
    """The rights that the call asks for: a statement, those to the login that it is to be used with as well."""
    yield Check(action, resource)
    if request.signature.service == "rds-data":
        resource = _login(request.body)
        yield Check(_READ, resource)
    elif action != _READ:
        return
    if (encrypted_with := key_of(resource)) is not None:
        region = encrypted_with.split(":")[3]
        yield Check("kms:Decrypt", encrypted_with, {"kms:viaservice": f"secretsmanager.{region}.amazonaws.com"})


def _login(body: bytes) -> str:
    try:
        return str(json.loads(body)["secretArn"])
    except (ValueError, KeyError, TypeError):
        return ""

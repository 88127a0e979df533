"""Who calls: the part of an AWS signature that says it."""

import re
from dataclasses import dataclass

from local.mail.errors import SesError

CREDENTIAL = re.compile(r"Credential=(?P<access_key>[^/=, ]+)/\d{8}/(?P<region>[a-z0-9-]+)/")


@dataclass(frozen=True)
class Caller:
    """The access key and region. The emulator takes an access key of twelve digits for the account."""

    access_key: str
    region: str


def caller_in(authorization: str | None) -> Caller:
    """The caller that an `Authorization` header names.

    Raises:
        SesError: the request is not signed.
    """
    found = CREDENTIAL.search(authorization or "")
    if found is None:
        raise SesError(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    return Caller(found["access_key"], found["region"])

"""Whether somebody may sign in with a password. Here nobody is asked for one, so that it is compared instead."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from typing import Self

from local.machine.data_api.faults import Fault

_SCRAM = re.compile(r"SCRAM-SHA-256\$(?P<rounds>\d+):(?P<salt>[^$]+)\$(?P<stored>[^:]+):.+")
"""As PostgreSQL keeps a password (RFC 5803)."""


@dataclass(frozen=True)
class Login:
    """What a secret says."""

    user: str
    password: str

    @classmethod
    def of(cls, secret: str) -> Self:
        """The login in the secret.

        Raises:
            Fault: it is none.
        """
        try:
            told = json.loads(secret)
            return cls(str(told["username"]), str(told["password"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Fault("InvalidSecretException", "The secret has no username and password.") from error

    def fits(self, kept: str | None) -> bool:
        """Whether the password is the one of which the server keeps this."""
        found = _SCRAM.fullmatch(kept or "")
        if found is None:
            return False
        salted = hashlib.pbkdf2_hmac(
            "sha256", self.password.encode(), base64.b64decode(found["salt"]), int(found["rounds"])
        )
        client = hmac.digest(salted, b"Client Key", "sha256")
        return hmac.compare_digest(hashlib.sha256(client).digest(), base64.b64decode(found["stored"]))

"""What bad access tokens are made with: the issuer's own key, a stranger's, and a seeded choice."""

import base64
import json
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.support.issuer import KID, TestIssuer, new_key, signed

WRONG: list[Any] = [
    None,
    True,
    False,
    -1,
    1.5,
    "",
    " ",
    "x",
    [],
    {},
    [[]],
    {"a": 1},
    10**30,
    -(10**30),
    "\ud800",
    "0",
    1e300,
]
"""Values of other types than most claims have."""


@dataclass(frozen=True)
class Forge:
    """Who makes a bad token out of a good one."""

    issuer: TestIssuer
    random: random.Random
    stranger: rsa.RSAPrivateKey
    curve: ec.EllipticCurvePrivateKey

    @classmethod
    def seeded(cls, issuer: TestIssuer, seed: int) -> "Forge":
        return cls(issuer, random.Random(seed), new_key(), ec.generate_private_key(ec.SECP256R1()))

    def good(self) -> str:
        """A token that is accepted; no two are alike."""
        return self.issuer.token(jti=str(UUID(int=self.random.getrandbits(128))))

    def sign(self, payload: bytes, **header: Any) -> str:
        """The payload under the issuer's own signature."""
        members = {"alg": "RS256", "kid": KID} | header
        return signed(self.issuer.keys[KID], json.dumps(members).encode(), payload)

    def parts(self, token: str) -> tuple[bytes, bytes, bytes]:
        header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
        return header, payload, signature

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def text(self, *choices: str) -> str:
        return self.random.choice(choices)

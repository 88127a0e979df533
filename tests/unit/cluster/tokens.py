"""A user pool for tests: its signing key, its published keys and its access tokens."""

import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

POOL = "eu-west-1_Test"
ISSUER = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"
CLIENT = "client-of-ours"
KEYS_PATH = f"/{POOL}/.well-known/jwks.json"


def signing_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def published(key: RSAPrivateKey) -> dict[str, Any]:
    """The pool's JWKS document."""
    public = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}


def token(key: RSAPrivateKey, **changed: Any) -> str:
    """A token as Cognito makes access tokens: `client_id`, no `aud`; a claim changed to None is left out."""
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "someone", "token_use": "access", "client_id": CLIENT, "iat": now, "exp": now + 600}
    stated = {name: value for name, value in (claims | changed).items() if value is not None}
    return jwt.encode(stated, key, algorithm="RS256", headers={"kid": "one"})

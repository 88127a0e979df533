"""Access tokens: who is calling, or a refusal.

The algorithm, the issuer and the keys' address are fixed by configuration; nothing in a token's header can change them.
"""

import time
from dataclasses import dataclass
from uuid import UUID

import jwt
from jwt import PyJWKClient

from services.common.errors import Unauthorized, Unavailable
from services.common.settings import TokenSettings

MAX_LIFETIME_SECONDS = 24 * 3600
"""Cognito's longest access token lives for a day; a longer one is not from our pool."""
CLOCK_LEEWAY_SECONDS = 60
KEY_FETCH_SECONDS = 3


@dataclass(frozen=True)
class Principal:
    """The authenticated caller; `subject` is the identity provider's immutable user id."""

    subject: UUID
    groups: frozenset[str] = frozenset()


class TokenVerifier:
    """Verifies access tokens of one issuer and client."""

    def __init__(self, settings: TokenSettings) -> None:
        self._settings = settings
        self._keys = PyJWKClient(settings.jwks_url, cache_keys=True, lifespan=300, timeout=KEY_FETCH_SECONDS)

    def verify(self, authorization: str | None) -> Principal:
        """The caller named by an `Authorization: Bearer` header.

        Raises:
            Unauthorized: no token, or one that is forged, expired or meant for somebody else.
            Unavailable: the issuer's keys cannot be read.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized("send the header 'Authorization: Bearer <access token>'")
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                issuer=self._settings.token_issuer,
                leeway=CLOCK_LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "sub"], "verify_aud": False},
            )
        except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, OSError, ValueError) as fault:
            raise Unavailable("the identity provider's keys cannot be read") from fault
        except jwt.PyJWTError as fault:
            raise Unauthorized(f"the access token is not accepted: {fault}") from None
        return principal_of(claims, self._settings.token_client_id, time.time())


def principal_of(claims: dict[str, object], client_id: str, now: float) -> Principal:
    """The principal of claims whose signature, issuer and expiry hold already.

    Raises:
        Unauthorized: a claim has the wrong type, range or audience.
    """
    issued, expires = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or type(expires) is not int:
        raise Unauthorized("the access token's times are not whole seconds")
    if issued > now + CLOCK_LEEWAY_SECONDS or expires - issued > MAX_LIFETIME_SECONDS:
        raise Unauthorized("the access token's lifetime is not one that our issuer gives")
    if claims.get("token_use") != "access" or claims.get("client_id") != client_id:
        raise Unauthorized("the token is no access token for this API")
    groups = claims.get("cognito:groups", [])
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise Unauthorized("the access token's groups are not a list of names")
    try:
        return Principal(UUID(str(claims["sub"])), frozenset(groups))
    except ValueError:
        raise Unauthorized("the access token's subject is not a user id") from None

"""From the `Authorization` header to the caller."""

import time

from jwt.algorithms import RSAAlgorithm

from services.common.errors import Unauthorized
from services.common.settings import TokenSettings
from services.common.tokens.claims import principal_of
from services.common.tokens.compact import parse
from services.common.tokens.keyring import KeyRing
from services.common.tokens.principal import Principal
from services.common.tokens.publication import Publication

_SIGNATURES = RSAAlgorithm(RSAAlgorithm.SHA256)


class TokenVerifier:
    """Verifies the access tokens of the issuers that are accepted; safe to share between threads."""

    def __init__(self, settings: TokenSettings) -> None:
        self._issuers = {issuer.issuer: (issuer, KeyRing(Publication(issuer).read)) for issuer in settings.issuers}

    def verify(self, authorization: str | None) -> Principal:
        """The caller named by an `Authorization: Bearer` header.

        Raises:
            Unauthorized: no token, or one that is forged, expired or meant for somebody else.
            Unavailable: the issuer's keys cannot be read.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized("send the header 'Authorization: Bearer <access token>'")
        return self.principal(token)

    def principal(self, token: str) -> Principal:
        """The caller that the access token speaks for.

        Raises:
            Unauthorized: it is forged, expired or meant for somebody else.
            Unavailable: the issuer's keys cannot be read.
        """
        compact = parse(token)
        named = compact.claims.get("iss")
        if not isinstance(named, str) or named not in self._issuers:
            raise Unauthorized("the access token is not from an issuer that is accepted here")
        # Only keys of the issuer that the token names: one issuer cannot speak for another.
        issuer, keys = self._issuers[named]
        key = keys.find(compact.kid)
        if key is None or not _SIGNATURES.verify(compact.signed, key, compact.signature):
            raise Unauthorized("the access token's signature does not hold")
        return principal_of(compact.claims, issuer, time.time())

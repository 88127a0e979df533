"""Where an issuer publishes its keys, and which of them sign access tokens."""

import json
from collections.abc import Mapping
from typing import Any

import jwt
import urllib3
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.common.settings import Issuer
from services.common.tokens.compact import ALGORITHM

FETCH_SECONDS = 3.0
MAX_DOCUMENT_BYTES = 512 * 1024
MIN_KEY_BITS = 2048
"""RFC 7518, section 3.3."""

Keys = Mapping[str, RSAPublicKey]


class Unreadable(Exception):
    """The issuer publishes no key that can be used, or does not answer."""


class Publication:
    """One issuer's published keys."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=FETCH_SECONDS))

    def read(self) -> Keys:
        """The public keys by their `kid`.

        Raises:
            Unreadable: there are none to be had.
        """
        keys = _signing_keys(self._get(self._issuer.jwks_url or self._discover()))
        if not keys:
            raise Unreadable("the issuer publishes no key for our algorithm")
        return keys

    def _discover(self) -> str:
        """As OpenID Connect Discovery 1.0 says; a document that speaks of another issuer is nobody's (section 4.3)."""
        document = self._get(self._issuer.issuer.rstrip("/") + "/.well-known/openid-configuration")
        address = document.get("jwks_uri")
        if document.get("issuer") != self._issuer.issuer:
            raise Unreadable("the issuer's discovery document is about another one")
        if not isinstance(address, str) or not address.startswith("https://"):
            raise Unreadable("the issuer's discovery document names no https address for its keys")
        return address

    def _get(self, url: str) -> dict[str, Any]:
        try:
            response = self._http.request("GET", url, redirect=False, preload_content=False)
            try:
                body = response.read(MAX_DOCUMENT_BYTES + 1, decode_content=True)
            finally:
                response.close()
            document = json.loads(body) if len(body) <= MAX_DOCUMENT_BYTES else None
        except (urllib3.exceptions.HTTPError, OSError, ValueError, RecursionError) as fault:
            raise Unreadable(f"the issuer does not answer: {type(fault).__name__}") from fault
        if response.status != 200 or not isinstance(document, dict):
            raise Unreadable(f"the issuer answers {response.status} without a JSON document that can be used")
        return document


def _signing_keys(document: dict[str, Any]) -> Keys:
    try:
        published = jwt.PyJWKSet.from_dict(document).keys
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError) as fault:
        raise Unreadable(f"the issuer's keys cannot be read: {type(fault).__name__}") from fault
    return {
        key.key_id: key.key
        for key in published
        if key.key_id
        and key.algorithm_name == ALGORITHM
        and key.public_key_use in (None, "sig")
        and isinstance(key.key, RSAPublicKey)
        and key.key.key_size >= MIN_KEY_BITS
    }

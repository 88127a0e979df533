"""Refresh tokens as Cognito takes them. The emulator takes any: made up, of somebody disabled, or signed out.

It is exact about them only together with IAM, which nobody plays here.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cognito

Found = tuple[Any, Any]
"""The user, or an answer that refuses."""
Check = Callable[[Mapping[str, Any], str, str, str], Found]


def exact(owner_of: Check) -> Check:
    """The emulator's check of a refresh token, preceded by what it leaves out."""

    def checked(pool: Mapping[str, Any], pool_id: str, client_id: str, token: str) -> Found:
        claims = cognito._token_claims(token) if token else {}  # noqa: SLF001 (as for the queues: no other way)
        expires = claims.get("exp")
        if not claims or not cognito._signature_valid(token):  # noqa: SLF001
            return None, _refusal("Invalid Refresh Token")
        if not isinstance(expires, int) or expires <= time.time():
            return None, _refusal("Refresh Token has expired")
        if claims.get("origin_jti") in cognito._revoked_tokens:  # noqa: SLF001
            return None, _refusal("Refresh Token has been revoked")
        user, refusal = owner_of(pool, pool_id, client_id, token)
        if user is not None and not user.get("Enabled", True):
            return None, _refusal("User is disabled.")
        return user, refusal

    return checked


def _refusal(message: str) -> Any:
    return error_response_json("NotAuthorizedException", message, 400)

"""A token as it comes: three parts of base64url and no other spelling of them, with a header that is exactly ours."""

import base64
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.common.errors import MalformedBody, Unauthorized
from services.common.strict_json import loads

MAX_TOKEN_CHARACTERS = 8192
"""The API Gateway takes headers of 10,240 bytes altogether."""
ALGORITHM = "RS256"
"""The one algorithm that every OpenID Connect issuer has (OpenID Connect Discovery 1.0, section 3)."""

_PARTS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_MALFORMED = "the access token is not a signed JSON Web Token"


class Header(BaseModel):
    """What a token may say of itself. A key, or an address of one, is none of it: jwk, jku, x5c and x5u are refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    alg: Literal["RS256"]
    kid: Annotated[str, Field(min_length=1, max_length=256)]
    typ: Literal["JWT", "at+jwt", "application/at+jwt"] = "JWT"
    x5t: str = ""
    x5t_s256: Annotated[str, Field(alias="x5t#S256")] = ""


@dataclass(frozen=True)
class Compact:
    """A token that is well formed; nothing of it is true before the signature holds.

    Attributes:
        kid: the key that is said to have signed it.
        claims: what it says.
        signed: the bytes that the signature is about.
    """

    kid: str
    claims: dict[str, object]
    signed: bytes
    signature: bytes


def parse(token: str) -> Compact:
    """The token's parts.

    Raises:
        Unauthorized: it is malformed, too long, in another spelling than its own, or of another kind.
    """
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise Unauthorized(f"the access token is longer than {MAX_TOKEN_CHARACTERS} characters")
    parts = _PARTS.fullmatch(token)
    if parts is None:
        raise Unauthorized(_MALFORMED)
    header, claims, signature = map(_decoded, parts.groups())
    try:
        kid = Header.model_validate(_object(header)).kid
    except ValidationError:
        raise Unauthorized(f"the access token's header is not that of a token signed with {ALGORITHM}") from None
    return Compact(kid, _object(claims), token.rpartition(".")[0].encode(), signature)


def _decoded(part: str) -> bytes:
    """The part's bytes; of the texts that decode to them only the canonical one counts (RFC 4648, section 3.5)."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise Unauthorized(_MALFORMED) from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise Unauthorized(_MALFORMED)
    return decoded


def _object(part: bytes) -> dict[str, object]:
    try:
        document = loads(part)
    except MalformedBody:
        raise Unauthorized(_MALFORMED) from None
    if not isinstance(document, dict):
        raise Unauthorized(_MALFORMED)
    return document

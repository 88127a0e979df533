"""What the claims of a token whose signature holds must say: that it is an access token, for us, and of now."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.common.errors import Unauthorized
from services.common.settings import Issuer
from services.common.tokens.principal import Principal

MAX_LIFETIME_SECONDS = 24 * 3600
"""Cognito's longest access token lives for a day; a longer one is not from an issuer of ours."""
CLOCK_LEEWAY_SECONDS = 60

_Seconds = Annotated[int, Field(ge=0, lt=2**53)]
_NOT_OURS = "the token is no access token for this API"


class Claims(BaseModel):
    """The claims that are looked at. One that is absent has an empty value; null and other types are refused."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    sub: str
    iat: _Seconds
    exp: _Seconds
    nbf: _Seconds = 0
    use: Annotated[Literal["access", ""], Field(alias="token_use")] = ""
    aud: str | list[str] = Field(default_factory=list)
    client_id: str = ""
    azp: str = ""
    scope: str = ""

    @property
    def audiences(self) -> list[str]:
        """Whom the token is meant for."""
        return [self.aud] if isinstance(self.aud, str) else self.aud

    @property
    def client(self) -> str:
        """Whom the token was given to: RFC 9068 says `client_id`, some issuers say `azp`."""
        return self.client_id or self.azp


def principal_of(document: dict[str, object], issuer: Issuer, now: float) -> Principal:
    """The principal of a token that this issuer has signed.

    Raises:
        Unauthorized: a claim has the wrong type or range, or the token is not for us or not of now.
    """
    try:
        claims = Claims.model_validate(document)
    except ValidationError as error:
        names = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors(include_input=False)}))
        raise Unauthorized(f"the access token lacks a claim or has it in another form than ours: {names}") from None
    _check_times(claims, now)
    _check_purpose(claims, issuer)
    if claims.client in issuer.service_client_ids:
        return Principal(None, frozenset(), claims.client, frozenset(claims.scope.split()))
    if claims.client not in issuer.client_ids:
        raise Unauthorized(_NOT_OURS)
    groups = _groups(document.get(issuer.groups_claim, []))
    return Principal(_subject(claims.sub), groups, claims.client, frozenset(claims.scope.split()))


def _check_times(claims: Claims, now: float) -> None:
    if claims.exp <= claims.iat or claims.exp - claims.iat > MAX_LIFETIME_SECONDS:
        raise Unauthorized("the access token's lifetime is not one that our issuer gives")
    if claims.exp <= now - CLOCK_LEEWAY_SECONDS:
        raise Unauthorized("the access token has expired")
    if max(claims.iat, claims.nbf) > now + CLOCK_LEEWAY_SECONDS:
        raise Unauthorized("the access token is not valid yet")


def _check_purpose(claims: Claims, issuer: Issuer) -> None:
    """An id token is never taken for an access token: its `token_use` is another one, and its `aud` is a client."""
    if issuer.audience is None:
        meant_for_us = claims.use == "access" and not claims.audiences
    else:
        meant_for_us = issuer.audience in claims.audiences
    if not meant_for_us:
        raise Unauthorized(_NOT_OURS)


def _subject(text: str) -> UUID:
    try:
        subject = UUID(text)
    except ValueError:
        subject = None
    if subject is None or str(subject) != text:
        raise Unauthorized("the access token's subject is not a user id")
    return subject


def _groups(found: object) -> frozenset[str]:
    if not isinstance(found, list) or not all(isinstance(group, str) for group in found):
        raise Unauthorized("the access token's groups are not a list of names")
    return frozenset(found)

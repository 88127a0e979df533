"""What goes in and out. Passwords, tokens and codes are `SecretStr`, which no log and no text of an error shows."""

from typing import Annotated

from pydantic import Field, SecretStr

from services.common.api import Answer, Input
from services.common.api.models import Email, Id
from services.common.passwords import MAX_LENGTH, MIN_LENGTH

SCHEME = "Bearer"
Password = Annotated[SecretStr, Field(min_length=1, max_length=MAX_LENGTH)]
NewPassword = Annotated[
    SecretStr,
    Field(
        min_length=MIN_LENGTH,
        max_length=MAX_LENGTH,
        description="with a lower case letter, an upper case letter, a digit and a symbol",
        examples=["Correct-horse-7-staples"],
    ),
]
RefreshToken = Annotated[SecretStr, Field(min_length=1, max_length=8192)]


class SignIn(Input):
    """Who signs in."""

    email: Email
    password: Password


class FirstSignIn(Input):
    """Who accepts an invitation."""

    email: Email
    password: Annotated[Password, Field(description="the temporary one of the invitation")]
    new_password: NewPassword


class Refresh(Input):
    """Who stays signed in, or signs out."""

    refresh_token: RefreshToken


class ResetRequest(Input):
    """Who has forgotten the password."""

    email: Email


class Reset(Input):
    """Who has got the code."""

    email: Email
    code: Annotated[SecretStr, Field(min_length=1, max_length=64, description="as mailed; case and hyphens are free")]
    new_password: NewPassword


class Tokens(Answer):
    """What gives access."""

    access_token: Annotated[str, Field(description="goes into the header `Authorization: Bearer`")]
    token_type: Annotated[str, Field(pattern="^Bearer$")] = SCHEME
    expires_in: Annotated[int, Field(description="seconds that the access token is valid")]
    refresh_token: Annotated[str | None, Field(description="gives new access tokens; null: keep the one you have")]


class Me(Answer):
    """The caller. Staff are nobody's people: all but subject and roles is null."""

    subject: Annotated[Id, Field(description="the identity provider's user id")]
    roles: Annotated[
        list[str], Field(description="`user` or `admin`, of a customer; `support` and `operator`, of staff")
    ]
    person_id: Id | None
    email: str | None
    first_name: str | None
    last_name: str | None
    customer_id: Id | None
    company_name: str | None

"""The identity provider as people meet it: a password for tokens. It alone knows passwords; we pass them on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from services.common.directory import AWS_CONFIG
from services.common.errors import Conflict, Forbidden, InvalidRequest, NewPasswordRequired, SignInRefused, Unavailable
from services.identity.settings import SignInSettings

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AuthenticationResultTypeTypeDef, InitiateAuthResponseTypeDef

_CHOOSE = "NEW_PASSWORD_REQUIRED"
_REFUSALS = frozenset(
    {
        "InvalidParameterException",
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "UnauthorizedException",
        "UnsupportedTokenTypeException",
        "UserNotConfirmedException",
        "UserNotFoundException",
    }
)
"""All alike to whoever signs in: which one it was would tell who has an account."""


@dataclass(frozen=True, repr=False)
class Session:
    """What a sign-in gave; `refresh_token` is None when the one that was used goes on."""

    access_token: str
    expires_in: int
    refresh_token: str | None


class Provider:
    """Cognito's public API; safe to share between threads."""

    def __init__(self, settings: SignInSettings) -> None:
        self._client_id = settings.client_id
        self._cognito: CognitoIdentityProviderClient = boto3.client(
            "cognito-idp", region_name=settings.user_pool_region, config=AWS_CONFIG
        )

    def sign_in(self, email: str, password: str) -> Session:
        """The session that the password opens.

        Raises:
            SignInRefused: it opens none.
            NewPasswordRequired: it is temporary.
            Forbidden: the person has asked the provider for a second factor, which this API does not take.
            Unavailable: the provider does not answer.
        """
        answer = self._initiate(email, password)
        if (opened := answer.get("AuthenticationResult")) is not None:
            return _session(opened)
        if answer.get("ChallengeName") == _CHOOSE:
            raise NewPasswordRequired("this password is temporary: choose your own at /identity/sign-in/new-password")
        raise _second_factor()

    def choose_password(self, email: str, temporary: str, chosen: str) -> Session:
        """The session of somebody who was invited, and who has their own password from now on.

        Raises:
            SignInRefused: the temporary password is wrong, or too old.
            Conflict: it is not temporary.
            InvalidRequest: the provider does not take the chosen password.
            Forbidden: as in `sign_in`.
            Unavailable: the provider does not answer.
        """
        answer = self._initiate(email, temporary)
        if (opened := answer.get("AuthenticationResult")) is not None:
            self.revoke(opened["RefreshToken"])
            raise Conflict("this password is your own already: sign in with it")
        if answer.get("ChallengeName") != _CHOOSE:
            raise _second_factor()
        with _answering():
            chosen_one = self._cognito.respond_to_auth_challenge(
                ClientId=self._client_id,
                ChallengeName=_CHOOSE,
                Session=answer["Session"],
                ChallengeResponses={"USERNAME": email.lower(), "NEW_PASSWORD": chosen},
            )
        if (opened := chosen_one.get("AuthenticationResult")) is None:
            raise _second_factor()
        return _session(opened)

    def refresh(self, refresh_token: str) -> Session:
        """A new access token.

        Raises:
            SignInRefused: the refresh token is revoked, too old, or none.
            Unavailable: the provider does not answer.
        """
        with _answering():
            answer = self._cognito.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": refresh_token},
            )
        if (opened := answer.get("AuthenticationResult")) is None:
            raise _second_factor()
        return _session(opened)

    def revoke(self, refresh_token: str) -> None:
        """Ends the session. One that is no session has ended already (RFC 7009, section 2.2).

        Raises:
            Unavailable: the provider does not answer.
        """
        try:
            with _answering():
                self._cognito.revoke_token(ClientId=self._client_id, Token=refresh_token)
        except SignInRefused:
            return

    def _initiate(self, email: str, password: str) -> "InitiateAuthResponseTypeDef":
        with _answering():
            return self._cognito.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email.lower(), "PASSWORD": password},
            )


def _session(opened: "AuthenticationResultTypeTypeDef") -> Session:
    return Session(opened["AccessToken"], opened["ExpiresIn"], opened.get("RefreshToken"))


def _second_factor() -> Forbidden:
    return Forbidden("this sign-in asks for a second factor, which this API does not take")


@contextmanager
def _answering() -> Iterator[None]:
    """Turns the provider's errors into ours. Its texts stay inside: they tell a wrong password from an unknown user."""
    try:
        yield
    except ClientError as fault:
        code = fault.response["Error"]["Code"]
        if code in _REFUSALS:
            raise SignInRefused("this does not give access") from None
        if code == "InvalidPasswordException":
            errors = [{"field": "newPassword", "message": "is not one that the identity provider takes"}]
            raise InvalidRequest("see 'errors' for each field", errors=errors) from None
        raise Unavailable(f"the identity provider cannot do this now: {code}") from None
    except BotoCoreError as fault:
        raise Unavailable(f"the identity provider does not answer: {type(fault).__name__}") from None

"""The people who can sign in, as the identity provider keeps them: the port of User Management and Identity to it.

    directory = Directory(settings)                   # settings: DirectorySettings
    password = passwords.temporary()                  # services/common/passwords.py
    subject = directory.invite(email, password)       # again with another password: the newest counts
    directory.deactivate(email)                       # no new tokens from now on
    directory.reactivate(email)
    directory.sign_out(email)                         # every session of theirs, on every device

Every method may be repeated; `deactivate`, `reactivate` and `sign_out` pass over somebody the directory does not know.
No method sends mail: whoever invites puts the letter into the outbox, in the transaction that makes the person's row.
Call it before that transaction or inside it; what it did stays when the transaction fails, and the next try finds it
done.

An e-mail address is known whatever its letters' case.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import EmailTaken, InvalidRequest, Unavailable
from services.common.settings import DirectorySettings

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef

AWS_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
"""Somebody waits for the answer: two tries stay well below the API Gateway's 29 s."""

_INVITED = "FORCE_CHANGE_PASSWORD"
"""What Cognito calls a person whose password is the temporary one of an invitation."""


class Unknown(LookupError):
    """The directory has nobody of that address."""


@dataclass(frozen=True)
class Person:
    """Somebody the directory knows.

    Attributes:
        subject: the immutable user id, the `sub` of their tokens.
        active: whether they may sign in.
        invited: they have not signed in yet: their password is the temporary one of an invitation.
    """

    subject: UUID
    active: bool
    invited: bool


class Directory:
    """The user pool's people; safe to share between threads."""

    def __init__(self, settings: DirectorySettings) -> None:
        self._pool = settings.user_pool_id
        self._cognito: CognitoIdentityProviderClient = boto3.client(
            "cognito-idp", region_name=settings.user_pool_region, config=AWS_CONFIG
        )

    def find(self, email: str) -> Person | None:
        """The person of that address, if there is one.

        Raises:
            Unavailable: the identity provider does not answer.
        """
        with suppress(Unknown), _answering():
            found = self._cognito.admin_get_user(UserPoolId=self._pool, Username=_username(email))
            return Person(_subject(found["UserAttributes"]), found["Enabled"], found["UserStatus"] == _INVITED)
        return None

    def invite(self, email: str, temporary_password: str) -> UUID:
        """Lets somebody sign in with the password once, to choose their own; their subject.

        For somebody who is invited already it replaces the temporary password, and they may sign in (again).

        Raises:
            EmailTaken: somebody of that address has chosen a password already.
            InvalidRequest: the provider refuses the address or the password.
            Unavailable: the identity provider does not answer.
        """
        known = self.find(email)
        if known is None:
            return self._create(email, temporary_password)
        if not known.invited:
            raise EmailTaken("somebody signs in with this address already")
        self._set_password(email, temporary_password, permanent=False)
        if not known.active:
            self.reactivate(email)
        return known.subject

    def set_password(self, email: str, password: str) -> None:
        """Makes it the person's own password; whoever was invited has accepted by it.

        Raises:
            Unknown: there is no such person.
            InvalidRequest: the provider refuses the password.
            Unavailable: the identity provider does not answer.
        """
        self._set_password(email, password, permanent=True)

    def deactivate(self, email: str) -> None:
        """Ends every session and lets them sign in no more. Access tokens live on until they expire.

        Raises:
            Unavailable: the identity provider does not answer.
        """
        with suppress(Unknown), _answering():
            self._cognito.admin_disable_user(UserPoolId=self._pool, Username=_username(email))
        self.sign_out(email)

    def reactivate(self, email: str) -> None:
        """Lets them sign in again, with the password that they had.

        Raises:
            Unavailable: the identity provider does not answer.
        """
        with suppress(Unknown), _answering():
            self._cognito.admin_enable_user(UserPoolId=self._pool, Username=_username(email))

    def sign_out(self, email: str) -> None:
        """Ends every session of theirs: no refresh token of before gives access any more.

        Raises:
            Unavailable: the identity provider does not answer.
        """
        with suppress(Unknown), _answering():
            self._cognito.admin_user_global_sign_out(UserPoolId=self._pool, Username=_username(email))

    def _create(self, email: str, password: str) -> UUID:
        username = _username(email)
        with _answering():
            made = self._cognito.admin_create_user(
                UserPoolId=self._pool,
                Username=username,
                TemporaryPassword=password,
                UserAttributes=[{"Name": "email", "Value": username}, {"Name": "email_verified", "Value": "true"}],
                MessageAction="SUPPRESS",
            )
        return _subject(made["User"]["Attributes"])

    def _set_password(self, email: str, password: str, *, permanent: bool) -> None:
        with _answering():
            self._cognito.admin_set_user_password(
                UserPoolId=self._pool, Username=_username(email), Password=password, Permanent=permanent
            )


def _username(email: str) -> str:
    """The pool takes no notice of case; not every provider of its API does the same."""
    return email.lower()


def _subject(attributes: Iterable["AttributeTypeTypeDef"]) -> UUID:
    return UUID(next(attribute["Value"] for attribute in attributes if attribute["Name"] == "sub"))


@contextmanager
def _answering() -> Iterator[None]:
    """Turns the provider's errors into ours; what its texts say of a person stays inside."""
    try:
        yield
    except ClientError as fault:
        match fault.response["Error"]["Code"]:
            case "UserNotFoundException":
                raise Unknown from None
            case "UsernameExistsException":
                # Somebody else invited them between our question and this.
                raise EmailTaken("somebody is being invited under this address at this moment") from None
            case "InvalidPasswordException" | "InvalidParameterException":
                raise InvalidRequest("the identity provider takes no such address or password") from None
            case code:
                raise Unavailable(f"the identity provider cannot do this now: {code}") from None
    except BotoCoreError as fault:
        raise Unavailable(f"the identity provider does not answer: {type(fault).__name__}") from None

"""Coming in, staying in, and going out."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.common import passwords
from services.common.api import Call, Handler, Reply
from services.common.database import Database
from services.common.errors import SignInRefused
from services.common.tokens import TokenVerifier
from services.identity.model import FirstSignIn, Refresh, SignIn, Tokens
from services.identity.people import may_come_in
from services.identity.provider import Provider, Session
from services.identity.throttle import Throttle


@dataclass(frozen=True)
class Sessions:
    """The operations on sessions."""

    database: Database
    provider: Provider
    verifier: TokenVerifier
    throttle: Throttle

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Each operation's handler."""
        return {
            "signIn": self.sign_in,
            "chooseFirstPassword": self.choose_first_password,
            "refreshSession": self.refresh,
            "signOut": self.sign_out,
        }

    def sign_in(self, call: Call) -> Reply:
        """A session for an e-mail address and its password."""
        given = call.body(SignIn)
        with self.throttle.guess(given.email, call.address):
            return self._admit(self.provider.sign_in(given.email, given.password.get_secret_value()))

    def choose_first_password(self, call: Call) -> Reply:
        """A session for somebody who was invited."""
        given = call.body(FirstSignIn)
        temporary, chosen = given.password.get_secret_value(), given.new_password.get_secret_value()
        passwords.check(chosen, "newPassword")
        with self.throttle.guess(given.email, call.address):
            return self._admit(self.provider.choose_password(given.email, temporary, chosen))

    def refresh(self, call: Call) -> Reply:
        """A new access token for a session."""
        token = call.body(Refresh).refresh_token.get_secret_value()
        with self.throttle.anonymous_guess(call.address):
            return self._admit(self.provider.refresh(token), token)

    def sign_out(self, call: Call) -> Reply:
        """The end of a session. An access token that it gave is good until it expires."""
        self.provider.revoke(call.body(Refresh).refresh_token.get_secret_value())
        return Reply.empty()

    def _admit(self, session: Session, used: str | None = None) -> Reply:
        """The session's tokens, if the product knows the person; `used` is the refresh token that opened it anew."""
        if not may_come_in(self.database, self.verifier.principal(session.access_token)):
            self.provider.revoke(session.refresh_token or used or "")
            raise SignInRefused("this does not give access")
        return Reply.of(
            Tokens(
                access_token=session.access_token,
                expires_in=session.expires_in,
                refresh_token=session.refresh_token,
            )
        )

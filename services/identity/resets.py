"""A new password for somebody who can read the mail of the address."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from services.common import passwords
from services.common.api import Call, Handler, Reply
from services.common.database import Database
from services.common.directory import Directory
from services.common.errors import CodeRefused
from services.common.mail import mailing
from services.identity import codes
from services.identity.model import Reset, ResetRequest
from services.identity.people import customer_of
from services.identity.throttle import Throttle


@dataclass(frozen=True)
class Resets:
    """The operations on forgotten passwords."""

    database: Database
    directory: Directory
    throttle: Throttle

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Each operation's handler."""
        return {"requestPasswordReset": self.request, "resetPassword": self.confirm}

    def request(self, call: Call) -> Reply:
        """The same answer for everybody; active people of a customer get a code by mail.

        Not staff: who reads an operator's mail shall not become the operator. Another operator helps them.
        """
        email = call.body(ResetRequest).email
        self.throttle.reset(email, call.address)
        person = self.directory.find(email)
        with self.database.transaction() as connection:
            # A subject that nobody has costs the same question as one that somebody has.
            subject = person.subject if person else uuid4()
            customer = customer_of(connection, subject)
            if customer is not None:
                code = codes.issue(connection, subject)
                mailing.send(connection, customer, uuid4(), codes.letter(email, code))
        return Reply(202)

    def confirm(self, call: Call) -> Reply:
        """The new password counts, the code no more, and every session of before has ended."""
        given = call.body(Reset)
        chosen = given.new_password.get_secret_value()
        passwords.check(chosen, "newPassword")
        # Not counted by e-mail address: codes cannot be guessed, and nobody shall keep a person from their reset.
        guess = self.throttle.anonymous_guess(call.address)
        with guess, self._taken(given.email, given.code.get_secret_value()):
            self.directory.set_password(given.email, chosen)
            self.directory.sign_out(given.email)
        return Reply.empty()

    @contextmanager
    def _taken(self, email: str, code: str) -> Iterator[None]:
        """Around the one use of the code; a use that fails leaves it as good as before."""
        person = self.directory.find(email)
        subject = person.subject if person else uuid4()
        with self.database.transaction() as connection:
            expires_at = codes.take(connection, subject, code)
            if expires_at is None or customer_of(connection, subject) is None:
                raise CodeRefused("ask for a new code, and take the one of the last mail")
        try:
            yield
        except Exception:
            with self.database.transaction() as connection:
                codes.give_back(connection, subject, code, expires_at)
            raise

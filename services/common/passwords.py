"""What a password must be: the user pool's own policy (`infra/identity.py`), told before the pool is asked.

A contract test holds the two together.
"""

import secrets
import string

from services.common.errors import InvalidRequest

MIN_LENGTH = 12
MAX_LENGTH = 256
"""Cognito's own limit."""
SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+="
"""The characters that Cognito counts as symbols; a space inside counts too, and is nobody's surprise here."""

_TEMPORARY_LENGTH = 16
_EASY_SYMBOLS = "-+#!%="
_AMBIGUOUS = frozenset("0O1lI")


def fault(password: str) -> str | None:
    """What the policy has against the password, in words for its author; None if nothing."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return f"needs {MIN_LENGTH} to {MAX_LENGTH} characters"
    if password != password.strip():
        return "may not begin or end with a space"
    wanted = {
        "a lower case letter": string.ascii_lowercase,
        "an upper case letter": string.ascii_uppercase,
        "a digit": string.digits,
        "a symbol": SYMBOLS,
    }
    missing = [name for name, characters in wanted.items() if not set(characters) & set(password)]
    return f"needs {' and '.join(missing)}" if missing else None


def check(password: str, field: str) -> None:
    """Returns if the policy has nothing against the password.

    Raises:
        InvalidRequest: it has; the problem names the field and never the password.
    """
    if (reason := fault(password)) is not None:
        raise InvalidRequest("see 'errors' for each field", errors=[{"field": field, "message": reason}])


def temporary() -> str:
    """A password to mail to somebody who is invited: good for one sign-in, which asks for their own.

    It has no characters that a reader takes for another one.
    """
    classes = [string.ascii_lowercase, string.ascii_uppercase, string.digits, _EASY_SYMBOLS]
    readable = [[character for character in characters if character not in _AMBIGUOUS] for characters in classes]
    everything = [character for characters in readable for character in characters]
    chosen = [secrets.choice(characters) for characters in readable]
    chosen += [secrets.choice(everything) for _ in range(_TEMPORARY_LENGTH - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)

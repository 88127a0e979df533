"""The codes with which people choose a new password: made, mailed, and good once."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from services.common.database import Connection
from services.manifests.email import EmailManifest

LIFETIME = timedelta(minutes=30)
LENGTH = 12
"""59 bits: nobody guesses that in half an hour, so that wrong tries need not use it up."""
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No character that a reader takes for another one."""
_GROUP = 4


def issue(connection: Connection, subject: UUID) -> str:
    """A new code for the person, who has no other from now on. The database keeps its hash alone."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
    connection.execute("DELETE FROM password_reset WHERE expires_at < now()")
    connection.execute(
        """
        INSERT INTO password_reset (subject, code_sha256, expires_at) VALUES (%(subject)s, %(hash)s, now() + %(life)s)
        ON CONFLICT (subject) DO UPDATE
        SET code_sha256 = %(hash)s, expires_at = now() + %(life)s, updated_at = now()
        """,
        {"subject": subject, "hash": _hash(code), "life": LIFETIME},
    )
    return code


def take(connection: Connection, subject: UUID, code: str) -> datetime | None:
    """Until when this was the person's code, which it is no more; None if it was not."""
    taken = connection.execute(
        "DELETE FROM password_reset WHERE subject = %s AND code_sha256 = %s AND expires_at > now()"
        " RETURNING expires_at",
        (subject, _hash(code)),
    ).fetchone()
    return taken["expires_at"] if taken else None


def give_back(connection: Connection, subject: UUID, code: str, expires_at: datetime) -> None:
    """Makes a code that was taken in vain the person's code again, unless there is a newer one."""
    connection.execute(
        "INSERT INTO password_reset (subject, code_sha256, expires_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (subject, _hash(code), expires_at),
    )


def letter(email: str, code: str) -> EmailManifest:
    """The mail that brings the code."""
    shown = "-".join(code[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))
    minutes = int(LIFETIME.total_seconds() // 60)
    paragraphs = (
        "Hello,",
        "Somebody, and we hope it was you, has asked for a new password for this address. The code for it is",
        shown,
        f"It is good once and for {minutes} minutes; a later mail like this one replaces it.",
        "If it was not you, there is nothing to do: without the code your password stays. None of us will ask for it.",
        "Kind regards\nCloud Sales",
    )
    return EmailManifest(title="Your code for a new password", body="\n\n".join(paragraphs), to=email, important=True)


def _hash(code: str) -> bytes:
    spelt = "".join(character for character in code.upper() if character not in "- ")
    return hashlib.sha256(spelt.encode(errors="replace")).digest()

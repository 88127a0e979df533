"""The mail of an invitation. It holds no secret, because a copy of it lies in S3 for a month: whoever reads that one
still needs the mailbox, to which the code for the first password goes.
"""

from datetime import datetime
from uuid import UUID, uuid5

from services.manifests.email import EmailManifest


def letter_id(person_id: UUID, invited_at: datetime) -> UUID:
    """The id of an invitation's mail: the same invitation is one mail, however often it is handed over."""
    return uuid5(person_id, f"invitation of {invited_at.isoformat()}")


def letter(email: str, first_name: str, company_name: str) -> EmailManifest:
    """The mail that tells somebody how to come in."""
    return EmailManifest(
        title="Your access to Cloud Sales",
        body=(
            f"Hello {first_name},\n\n"
            f"{company_name} has given you access to Cloud Sales. You sign in with this e-mail address, {email}.\n\n"
            "First choose your password: ask for a code with POST /identity/password-reset, and send it back with your "
            "password to POST /identity/password-reset/confirm. Then sign in with POST /identity/sign-in.\n\n"
            "If you do not know the company, take no notice of this mail."
        ),
        to=email,
    )

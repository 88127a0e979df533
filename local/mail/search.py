"""Finding mails by recipient."""

from email.utils import parseaddr

from local.mail.envelope import Envelope


def is_for(envelope: Envelope, wanted: str) -> bool:
    """Whether the mail has a recipient such as `wanted`: a whole address must be equal, less must occur in one."""
    folded = wanted.strip().casefold()
    recipients = [recipient.casefold() for recipient in envelope.recipients]
    if "@" in folded.strip("@"):
        return any(parseaddr(recipient)[1] == folded for recipient in recipients)
    return any(folded in recipient for recipient in recipients)

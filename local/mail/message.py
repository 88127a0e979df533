"""From a submission to the MIME message that is delivered."""

from email.message import EmailMessage
from email.policy import SMTP

from local.mail.errors import bad_request
from local.mail.submission import Attachment, Simple, Submission


def message_of(submission: Submission) -> bytes:
    """The message: the raw one unchanged, or the one that SES would compose.

    Raises:
        SesError: the content is in no form or in both, or is a template, which only the emulator could render; or a
            header of the simple content cannot be written, for example because it has a line break.
    """
    raw, simple = submission.content.raw, submission.content.simple
    if raw is not None and simple is None:
        return raw.data
    if simple is not None and raw is None:
        try:
            return _composed(submission, simple).as_bytes()
        except ValueError as error:
            raise bad_request(f"Content.Simple: {error}") from error
    raise bad_request("Content must have either Raw or Simple; templates are not rendered on one machine")


def _composed(submission: Submission, simple: Simple) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    headers = {
        "From": submission.from_email_address,
        "To": ", ".join(submission.destination.to_addresses),
        "Cc": ", ".join(submission.destination.cc_addresses),
        "Reply-To": ", ".join(submission.reply_to_addresses),
        "Subject": simple.subject.data,
    }
    for name, value in headers.items():
        if value:
            message[name] = value
    for header in simple.headers:
        message[header.name] = header.value
    message.set_content(simple.body.text.data if simple.body.text else "")
    if simple.body.html:
        message.add_alternative(simple.body.html.data, subtype="html")
    for attachment in simple.attachments:
        _attach(message, attachment)
    return message


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    main, _, sub = attachment.content_type.partition("/")
    message.add_attachment(
        attachment.raw_content, maintype=main, subtype=sub or "octet-stream", filename=attachment.file_name
    )

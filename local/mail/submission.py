"""The body of SES's `SendEmail`, as far as delivery needs it; the emulator judges the rest."""

from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_pascal

from local.mail.errors import bad_request

Addresses = Annotated[tuple[str, ...], Field(max_length=50)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_pascal)


class Destination(_Part):
    """Who gets the mail."""

    to_addresses: Addresses = ()
    cc_addresses: Addresses = ()
    bcc_addresses: Addresses = ()


class Tag(_Part):
    """A name and value that come back in the mail's events."""

    name: str
    value: str


class Text(_Part):
    """A text; it is sent as UTF-8, whatever charset was asked for."""

    data: str


class Body(_Part):
    """The text of a simple mail, in one or both forms."""

    text: Text | None = None
    html: Text | None = None


class Attachment(_Part):
    """A file of a simple mail."""

    raw_content: Base64Bytes
    file_name: str
    content_type: str = "application/octet-stream"


class Header(_Part):
    """A further header of a simple mail."""

    name: str
    value: str


class Simple(_Part):
    """A mail that SES composes."""

    subject: Text
    body: Body
    headers: tuple[Header, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Raw(_Part):
    """A whole MIME message."""

    data: Base64Bytes


class Content(_Part):
    """The mail itself, in one of its forms."""

    simple: Simple | None = None
    raw: Raw | None = None


class Submission(_Part):
    """A request to send one mail."""

    from_email_address: str | None = None
    destination: Destination = Destination()
    reply_to_addresses: Addresses = ()
    content: Content
    email_tags: tuple[Tag, ...] = ()
    configuration_set_name: str | None = None


def parse(body: bytes) -> Submission:
    """The submission in a request's body.

    Raises:
        SesError: it is none.
    """
    try:
        return Submission.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        places = (f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}" for fault in faults)
        raise bad_request("; ".join(places)) from error

"""What SES knows of a mail beyond its text.

It is kept as a first header in the mail's own file, so that both reach the disk as one.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, BinaryIO

from pydantic import BaseModel, ConfigDict, Field

from local.mail.contents import File

HEADER = b"X-SES-Envelope: "
END = b" }"
"""The last line of the header: only the outermost brace is indented by just the one space of a folded line."""


class Attachment(BaseModel):
    """An attachment, told without opening the mail; `size` is in bytes."""

    model_config = ConfigDict(frozen=True)

    filename: str
    content_type: str
    size: int
    sha256: str


class Topic(BaseModel):
    """An SNS topic that is told of the mail, and the SES names of the events it wants, such as `DELIVERY`."""

    model_config = ConfigDict(frozen=True)

    arn: str
    event_types: tuple[str, ...]


class Envelope(BaseModel):
    """A mail as SES accepted it."""

    model_config = ConfigDict(frozen=True)

    message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9@._-]{0,127}$")]
    accepted_at: datetime
    source: str
    sender: str
    subject: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    tags: Mapping[str, tuple[str, ...]] = {}
    configuration_set: str | None = None
    topics: tuple[Topic, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """All recipients."""
        return (*self.to, *self.cc, *self.bcc)


class EnvelopeError(Exception):
    """The file was not written by this program."""


def attachment_of(file: File) -> Attachment:
    """The description of an attachment."""
    return Attachment(
        filename=file.filename,
        content_type=file.content_type,
        size=len(file.data),
        sha256=hashlib.sha256(file.data).hexdigest(),
    )


def seal(envelope: Envelope, raw: bytes) -> bytes:
    """The content of the mail's file."""
    newline = b"\r\n" if b"\r\n" in raw else b"\n"
    text = json.dumps(envelope.model_dump(mode="json"), indent=1).encode("ascii")
    return HEADER + text.replace(b"\n", newline + b" ") + newline + raw


def unseal(file: BinaryIO) -> Envelope:
    """The envelope; the file is left at the first byte of the message.

    Raises:
        EnvelopeError: the file does not begin with an envelope.
    """
    line = file.readline()
    if not line.startswith(HEADER):
        raise EnvelopeError("the file does not begin with an envelope")
    text = [line.removeprefix(HEADER)]
    while line.rstrip(b"\r\n") != END:
        line = file.readline()
        if not line.startswith(b" "):
            raise EnvelopeError("the envelope has no end")
        text.append(line)
    return Envelope.model_validate_json(b"".join(text))

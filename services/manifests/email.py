"""The e-mail payload: one message to one recipient, handed from any service to the e-mail service."""

from typing import ClassVar

from pydantic import Field

from services.manifests.base import Manifest, Metadata, current
from services.manifests.versions import PayloadType


class EmailManifest(Manifest):
    """A message; `attachment_paths` are keys in the payload bucket.

    Attributes:
        reply_to: where answers go, as the part before the `@` of an address at the domain that sends; empty: nowhere.
        thread: names the conversation that the mail belongs to, so that mail programs show its mails together.
    """

    kind: ClassVar[PayloadType] = PayloadType.EMAIL

    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=20_000)
    to: str = Field(min_length=3, max_length=320)
    cc: str = ""
    bcc: str = ""
    important: bool = False
    attachment_paths: tuple[str, ...] = Field(default=(), max_length=10)
    reply_to: str = Field(default="", max_length=64, pattern=r"^([a-z0-9]+([.+-][a-z0-9]+)*)?$")
    thread: str = Field(default="", max_length=100, pattern=r"^([a-z0-9]+([.-][a-z0-9]+)*)?$")
    metadata: Metadata = current(PayloadType.EMAIL)

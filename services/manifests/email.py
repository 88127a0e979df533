"""The e-mail payload: one message to one recipient, handed from any service to the e-mail service."""

from pydantic import Field, field_validator

from services.manifests.base import Metadata, Model, PayloadType, check_kind, current


class EmailManifest(Model):
    """A message; `attachment_paths` are keys in the payload bucket."""

    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=20_000)
    to: str = Field(min_length=3, max_length=320)
    cc: str = ""
    bcc: str = ""
    important: bool = False
    attachment_paths: tuple[str, ...] = Field(default=(), max_length=10)
    metadata: Metadata = current(PayloadType.EMAIL)

    @field_validator("metadata")
    @classmethod
    def _of_this_kind(cls, metadata: Metadata) -> Metadata:
        return check_kind(metadata, PayloadType.EMAIL)

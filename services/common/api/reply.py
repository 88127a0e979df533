"""What a handler gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.common.api.models import Answer


@dataclass(frozen=True)
class Reply:
    """Status, body and headers; the text is what goes over the wire and into the idempotency key's record."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, answer: Answer, status: int = 200, *, version: int | None = None, location: str | None = None
    ) -> "Reply":
        """The answer as JSON, with the version of what it shows and the address of what was made."""
        headers = {"ETag": etag(version)} if version is not None else {}
        if location is not None:
            headers["Location"] = location
        return cls(status, answer.model_dump_json(by_alias=True), headers)

    @classmethod
    def empty(cls) -> "Reply":
        """204: it is done, and there is nothing to say."""
        return cls(204)

    @property
    def body(self) -> bytes:
        """The text's bytes."""
        return self.text.encode()

    @property
    def media_type(self) -> str:
        """Problem documents have their own."""
        return "application/problem+json" if self.status >= 400 else "application/json"


@dataclass(frozen=True)
class Download(Reply):
    """A file under its name; it is no JSON of ours, and no idempotency key keeps it."""

    data: bytes = b""
    kind: str = "application/octet-stream"

    @classmethod
    def named(cls, name: str, data: bytes, kind: str) -> "Download":
        """The file, to be saved rather than shown."""
        return cls(200, headers={"Content-Disposition": f'attachment; filename="{name}"'}, data=data, kind=kind)

    @property
    def body(self) -> bytes:
        """The file's bytes."""
        return self.data

    @property
    def media_type(self) -> str:
        """What the file is."""
        return self.kind


def etag(version: int) -> str:
    """The strong entity tag of a version."""
    return f'"{version}"'

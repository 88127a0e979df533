"""What every S3 payload has in common: strict fields, camelCase names, and metadata that tells kind and version."""

from enum import IntEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class PayloadType(IntEnum):
    """The kind of a payload, as its metadata tells it."""

    ORDER = 1
    DOCUMENT = 2
    EMAIL = 3


class Model(BaseModel):
    """Base of everything inside a payload: frozen, unknown fields refused, camelCase in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Metadata(Model):
    """Kind and version of a payload: a reader that does not know the pair refuses the payload."""

    manifest_version: int = Field(ge=1)
    payload_type: PayloadType


def current(kind: PayloadType) -> Any:
    """The metadata field of a payload of this kind in its only version so far, 1."""
    return Field(default=Metadata(manifest_version=1, payload_type=kind))


def check_kind(metadata: Metadata, kind: PayloadType) -> Metadata:
    """The metadata, if it is of this kind and of version 1.

    Raises:
        ValueError: another kind, or a version that this release does not know.
    """
    if metadata != Metadata(manifest_version=1, payload_type=kind):
        raise ValueError(f"this is no {kind.name.lower()} payload of version 1")
    return metadata

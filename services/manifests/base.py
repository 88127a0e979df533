"""What every S3 payload has in common: strict fields, camelCase names, and metadata that tells kind and version."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from services.manifests.versions import PayloadType, newest


class Model(BaseModel):
    """Base of everything inside a payload: frozen, unknown fields refused, camelCase in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Metadata(Model):
    """Kind and version of a payload: a reader that does not know the pair refuses the payload."""

    manifest_version: int = Field(ge=1)
    payload_type: PayloadType


def current(kind: PayloadType) -> Any:
    """The metadata field of a payload of this kind in the version that this release writes."""
    return Field(default=Metadata(manifest_version=newest(kind), payload_type=kind))


class Manifest(Model):
    """Base of the payloads themselves; a model describes the newest version of its kind alone."""

    kind: ClassVar[PayloadType]

    if TYPE_CHECKING:
        # Each kind declares it as its last field: the fields' order is the order on the wire.
        metadata: Metadata

    @model_validator(mode="after")
    def _of_this_kind(self) -> Self:
        if self.metadata != Metadata(manifest_version=newest(self.kind), payload_type=self.kind):
            raise ValueError(f"this is no {self.kind.name.lower()} payload of version {newest(self.kind)}")
        return self

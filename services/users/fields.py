"""What the bodies of this service are made of. Names and addresses stand on invoices, so they are what prints there."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from services.common.api import Input
from services.common.api.models import Prose
from services.manifests.values import AddressLine

Role = Literal["USER", "ADMIN"]
PersonState = Literal["INVITED", "ACTIVE", "DEACTIVATED"]


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


UNCHANGED = Field(default=None, json_schema_extra=_without_default)
"""A member that may be left out, and if it is there has a value."""


def _readable(text: str) -> str:
    if any(ord(character) < 0x20 and character != "\n" for character in text):
        raise ValueError("text without control characters is needed")
    return text


Description = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_readable)]
Note = Annotated[Prose, StringConstraints(max_length=2000)]
Address = Annotated[tuple[AddressLine, ...], Field(min_length=1, max_length=5)]
VatId = Annotated[str, StringConstraints(min_length=4, max_length=32)]
CustomerType = Annotated[int, Field(ge=1, le=99)]


class Change(Input):
    """Members that are left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one member that is to change")
        return self

    @property
    def changes(self) -> Mapping[str, Any]:
        """The members that were given, by their names in the database."""
        return self.model_dump(exclude_unset=True)

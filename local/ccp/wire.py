"""How JSON from outside is read: no unknown names, no values of the wrong type that happen to convert."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """The base of everything that a caller sends; camelCase outside, snake_case inside."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
    )

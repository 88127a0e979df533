"""What every request of an operator has in common: the forms of its members, and how their faults are told."""

import unicodedata
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from werkzeug.datastructures import MultiDict

from services.common.borders import validated
from services.common.errors import InvalidRequest
from services.common.strict_json import loads

MAX_ORDERS = 100
"""Orders in one page, and in one bulk operation."""


def _readable(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in text):
        raise ValueError("one line of text without invisible characters is needed")
    if not any(character.isalnum() for character in text):
        raise ValueError("a text with at least one letter or digit is needed")
    return text


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a text of printable characters is needed")
    return text


Reason = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_readable)]
"""Why an operator acts, in words that others can read in the audit."""
Part = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_printable)]
Limit = Annotated[int, Field(ge=1, le=MAX_ORDERS)]
MessageId = Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,100}$")]
DocumentNumber = Annotated[str, Field(pattern="^[0-9A-Z-]{1,50}$")]


class Border(BaseModel):
    """A request's body or query parameters; a member that it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The command in a request's body.

        Raises:
            MalformedBody: the body is not JSON.
            InvalidRequest: a field is missing, unknown or out of range; all faults are listed.
        """
        return validated(cls, loads(body))

    @classmethod
    def query(cls, parameters: MultiDict[str, str]) -> Self:
        """The question in a request's query parameters.

        Raises:
            InvalidRequest: a parameter is unknown, stands twice or is out of range; all faults are listed.
        """
        if twice := [name for name, values in parameters.lists() if len(values) > 1]:
            errors = [{"field": name, "message": "stands more than once"} for name in twice]
            raise InvalidRequest("see 'errors' for each field", errors=errors)
        return validated(cls, parameters.to_dict())

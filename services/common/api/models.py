"""The base of everything that goes in and out: camelCase names, unknown members refused, and types as JSON has them."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    RootModel,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from werkzeug.datastructures import MultiDict

from services.common.borders import refusal
from services.common.errors import InvalidRequest
from services.common.strict_json import loads

MAX_LIMIT = 100
_ESCAPED_NULL = re.compile(rb"(?<!\\)(\\\\)*\\u0000")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def _readable(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in text):
        raise ValueError("one line of text without invisible characters is needed")
    if not text.strip():
        raise ValueError("a text that is more than spaces is needed")
    return text


def _paragraphs(text: str) -> str:
    lines = text.replace("\r\n", "\n")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in lines) or not lines.strip():
        raise ValueError("text without control characters, and more than spaces, is needed")
    return lines


def _deliverable(address: str) -> str:
    if address.index("@") > 64:
        raise ValueError("at most 64 characters stand before the @ of an address (RFC 5321, 4.5.3.1.1)")
    return address


def _plain_guid(text: object) -> object:
    if isinstance(text, str) and not _GUID.fullmatch(text):
        raise ValueError("a GUID of 32 digits with four hyphens is needed")
    return text


def _plain_day(text: object) -> object:
    if not isinstance(text, str):
        return text
    if not _DAY.fullmatch(text):
        raise ValueError("a day such as 2026-11-20 is needed")
    return date.fromisoformat(text)  # in a strict body a text would be no date any more


Id = Annotated[UUID, BeforeValidator(_plain_guid)]
"""A GUID in the one form that we write; the type alone would take others too."""
Day = Annotated[date, BeforeValidator(_plain_day)]
"""A day, as `2026-11-20`; the type alone would take seconds since 1970 too."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_readable)]
"""One line that a person reads: a name, a title."""
Prose = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_paragraphs)]
"""Text of several lines, each ended by a line feed alone."""
Email = Annotated[
    str,
    StringConstraints(
        min_length=3,
        max_length=254,
        pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$",
    ),
    AfterValidator(_deliverable),
]
"""One plain e-mail address, as the e-mail service can write to it."""
Moment = Annotated[
    AwareDatetime,
    PlainSerializer(lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z"), when_used="json"),
]
"""A moment, in UTC on the wire."""
Amount = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["41.43"]})]
"""An amount with the decimals of the currency beside it; a string, because JSON's numbers are read as floats."""
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
"""ISO 4217."""
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
"""ISO 3166-1, alpha-2."""


def _null_character(field: str) -> InvalidRequest:
    """No fault to pydantic, but the database keeps no text that has one."""
    return InvalidRequest("see 'errors' for each field", errors=[{"field": field, "message": "has a null character"}])


class Input(BaseModel):
    """A request's body or query parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=False)

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The body; JSON's own types alone count, so `"5"` is no number.

        Raises:
            MalformedBody: it is not JSON.
            InvalidRequest: a field is missing, unknown or out of range; all faults are listed.
        """
        loads(body)  # duplicate keys, NaN and depth are no faults to pydantic
        if _ESCAPED_NULL.search(body):
            raise _null_character("(body)")
        try:
            return cls.model_validate_json(body, strict=True)
        except ValidationError as error:
            raise refusal(error) from None

    @classmethod
    def read(cls, parameters: MultiDict[str, str]) -> Self:
        """The query parameters.

        Raises:
            InvalidRequest: one is unknown, stands twice or is out of range; all faults are listed.
        """
        if twice := [name for name, values in parameters.lists() if len(values) > 1]:
            errors = [{"field": name, "message": "stands more than once"} for name in twice]
            raise InvalidRequest("see 'errors' for each field", errors=errors)
        for name, value in parameters.items():
            if "\0" in value:
                raise _null_character(name)
        try:
            return cls.model_validate(parameters.to_dict())
        except ValidationError as error:
            raise refusal(error) from None


class ListQuery(Input):
    """What every list takes: how many, and where the page before it ended."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT, description="things on one page")] = 50
    cursor: Annotated[str | None, Field(max_length=512, description="the `next` of the page before")] = None


class Answer(BaseModel):
    """What a service answers; a field that may be missing is null, never absent."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    @classmethod
    def of_row(cls, row: Mapping[str, Any], **others: Any) -> Self:
        """The answer from the row's columns of its fields' names; `others` come first."""
        return cls(**{name: row[name] for name in cls.model_fields if name in row} | others)


Answered = type[Answer] | type[RootModel[Any]]
"""What an operation may say that it answers: an answer, or a root model over several where callers see others."""


def now() -> datetime:
    """The moment, with its time zone."""
    return datetime.now(UTC)

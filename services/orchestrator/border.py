"""The forms of what operators send."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

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

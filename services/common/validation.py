"""What pydantic found wrong, in words for a person."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import ValidationError

_OWN_WORDS = "Value error, "
"""What pydantic puts before the text of a validator's own ValueError."""


class Fault(NamedTuple):
    """One field at fault; `field` is its path with dots, or "" for the whole."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


def faults(error: ValidationError) -> Iterator[Fault]:
    """Each fault, without the value that has it: that may be a secret."""
    for found in error.errors(include_url=False, include_input=False, include_context=False):
        yield Fault(".".join(map(str, found["loc"])), found["msg"].removeprefix(_OWN_WORDS))

"""The values that manifests are made of: text that prints on one line, and decimals that travel as strings."""

import re
import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema

_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset({"Cc", "Cs", "Co", "Cn"})
_NUMERAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,8})?")


def _single_line(value: object) -> object:
    """Composed (NFC), with tabs, line breaks and runs of spaces turned into one space."""
    return " ".join(unicodedata.normalize("NFC", value).split()) if isinstance(value, str) else value


def _printable(value: str) -> str:
    """Refuses what prints nothing or reorders its neighbours: controls, bidirectional overrides, private use."""
    for character in value:
        if unicodedata.category(character) in _INVISIBLE or character in _REORDERING:
            raise ValueError(f"the character U+{ord(character):04X} cannot be printed: remove it")
    return value


def _decimal(value: object) -> Decimal:
    """A decimal from its plain numeral; JSON numbers are refused because they pass through binary floats."""
    numeral = f"{value:f}" if isinstance(value, Decimal) else value
    if not isinstance(numeral, str) or not _NUMERAL.fullmatch(numeral):
        raise ValueError("must be a plain unsigned decimal numeral in a string, such as '1234.50'")
    return Decimal(numeral)


_ONE_LINE = BeforeValidator(_single_line)
_PRINTABLE = AfterValidator(_printable)

Code = Annotated[str, StringConstraints(min_length=1, max_length=64), _ONE_LINE, _PRINTABLE]
AddressLine = Annotated[str, StringConstraints(min_length=1, max_length=120), _ONE_LINE, _PRINTABLE]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), _ONE_LINE, _PRINTABLE]
Description = Annotated[str, StringConstraints(min_length=1, max_length=300), _ONE_LINE, _PRINTABLE]
Remark = Annotated[str, StringConstraints(min_length=1, max_length=500), _ONE_LINE, _PRINTABLE]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")]
Amount = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": f"^{_NUMERAL.pattern}$", "examples": ["1234.50"]}),
]

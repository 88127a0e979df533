"""The countries of ISO 3166-1 and the English names that documents and mails print."""

import json
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("countries.json")


class UnknownCountryError(ValueError):
    """The code is no ISO 3166-1 alpha-2 code."""


def country_name(code: str) -> str:
    """The English short name of a country.

    Args:
        code: ISO 3166-1 alpha-2, upper case, for example "DE".

    Raises:
        UnknownCountryError: no country has that code.
    """
    try:
        return _names()[code]
    except KeyError:
        raise UnknownCountryError(
            f"country {code!r} is no ISO 3166-1 alpha-2 code: use two capital letters such as 'DE' or 'SG'"
        ) from None


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = json.loads(_DATA.read_text(encoding="utf-8"))
    return names

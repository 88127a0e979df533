"""JSON as the product accepts it: objects without duplicate keys, no NaN or Infinity, and no depth that could hurt."""

import json
from collections.abc import Callable
from typing import NoReturn

from services.common.errors import MalformedBody


def loads(body: bytes, *, fraction: Callable[[str], object] = float) -> object:
    """The decoded document; `fraction` makes what a number with a point or an exponent becomes.

    Raises:
        MalformedBody: not UTF-8 JSON, a duplicate key, NaN or Infinity, nested deeper than the interpreter allows, or a
            whole number with more digits than it reads.
    """
    try:
        return json.loads(
            body, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant, parse_float=fraction
        )
    except RecursionError:
        raise MalformedBody("the document is nested too deeply") from None
    except UnicodeDecodeError:
        raise MalformedBody("the document is not UTF-8") from None
    except json.JSONDecodeError as fault:
        raise MalformedBody(f"not JSON: {fault.msg} at line {fault.lineno} column {fault.colno}") from None
    except ValueError:
        raise MalformedBody("a number has too many digits") from None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedBody("a key stands twice in the same object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBody(f"{name} is not a JSON number")

"""Reading properties that may be absent, single or a list, and documents that travel as JSON text.

Only the abstract Mapping and Sequence are relied on: during a preview the engine hands over proxies, which stop a rule
the moment it touches a value that is not known yet.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def listed(value: Any) -> list[Any]:
    """The value as a list: nothing for None, itself for a list, else a list of one (as IAM documents allow)."""
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [value]


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def document(value: Any) -> Mapping[str, Any]:
    """A document given as JSON text or as a mapping; empty when it is neither, so that a rule finds what it lacks."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return mapping(value)


def statements(policy: Any, effect: str) -> list[Mapping[str, Any]]:
    """The statements of an IAM policy document that have the given effect."""
    return [one for one in map(mapping, listed(document(policy).get("Statement"))) if one.get("Effect") == effect]


def number(value: Any) -> float | None:
    """The value as a number, also where it is text as in a parameter group; None when it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None

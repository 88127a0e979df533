"""Reading properties that may be absent, single or a list, and documents that travel as JSON text.

Only the abstract Mapping and Sequence are relied on: during a preview the engine hands over proxies, which stop a rule
the moment it touches a value that is not known yet.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
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


class _AnyCase(Mapping[str, Any]):
    """A part of a policy document whose keys are found in any case, and looked at only when they are asked for."""

    def __init__(self, stated: Mapping[str, Any]) -> None:
        self._stated = stated

    def __getitem__(self, key: str) -> Any:
        if key in self._stated:
            return self._stated[key]
        for other in self._stated:
            if other.lower() == key.lower():
                return self._stated[other]
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._stated)

    def __len__(self) -> int:
        return len(self._stated)


def stated_in(policy: Any) -> list[Mapping[str, Any]]:
    """All statements of an IAM policy document, however its keys are spelt."""
    return [_AnyCase(mapping(one)) for one in listed(_AnyCase(document(policy)).get("Statement"))]


def statements(policy: Any, effect: str) -> list[Mapping[str, Any]]:
    """The statements of an IAM policy document that have the given effect.

    What is misspelt is read to its disadvantage: it does not deny, and so is looked at as what it may allow.
    """
    return [one for one in stated_in(policy) if (one.get("Effect") == "Deny") == (effect == "Deny")]


def number(value: Any) -> float | None:
    """The value as a number, also where it is text as in a parameter group; None when it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None

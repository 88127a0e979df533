"""What a provider says of two sets of inputs: which properties differ, and whether the resource survives that."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from local.host.assets import by_content
from local.host.capture import SHAPES
from local.host.handlers.table import HANDLERS

_ANYWHERE = frozenset({"region"})
"""No resource of AWS moves to another region."""


@dataclass(frozen=True)
class Difference:
    """Which properties of a resource change.

    Attributes:
        changed: All of them, in alphabetical order.
        replacing: Those among them that make it another resource.
        delete_first: Whether the new resource would have the name of the old one, which must go before it.
    """

    changed: tuple[str, ...]
    replacing: tuple[str, ...]
    delete_first: bool


def difference(resource_type: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Compares the inputs of before with those of now."""
    changed = {key for key in old.keys() | new.keys() if by_content(old.get(key)) != by_content(new.get(key))}
    handler = HANDLERS.get(resource_type)
    known_by = SHAPES[resource_type].identity() | (handler.known_by if handler else frozenset()) | _ANYWHERE
    fixed: Set[str] = handler.fixed if handler else frozenset()
    replacing = changed & (known_by | fixed)
    return Difference(
        changed=tuple(sorted(changed)),
        replacing=tuple(sorted(replacing)),
        delete_first=bool(replacing) and not changed & known_by,
    )

"""Where in a resource a stated place is."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.model import Resource
from tests.mutation.recording import OPTIONS, TEXT, Path

_STEP = re.compile(r"\[(\*|\d+)\]|([^.\[\]]+)")


def places(resource: Resource, place: str) -> Iterator[Path]:
    """Every path that the place stands for; none where the resource has nothing there."""
    added = place.startswith("+")
    found = [index or key for index, key in _STEP.findall(place.removeprefix("+").replace(f"{OPTIONS}.", ""))]
    if place.startswith(OPTIONS):
        value: Any = {"protect": resource.options.protect, "ignore_changes": list(resource.options.ignore_changes)}
        yield from ((OPTIONS, *path) for path in _paths(value, found, added=added))
    else:
        yield from _paths(resource.properties, found, added=added)


def _paths(value: Any, steps: list[str], *, added: bool) -> Iterator[Path]:
    if not steps:
        yield ()
        return
    step, *rest = steps
    if isinstance(value, str) and value[:1] in ("{", "["):
        yield from ((TEXT, *path) for path in _paths(json.loads(value), steps, added=added))
    elif isinstance(value, Mapping):
        if step in value:
            yield from ((step, *path) for path in _paths(value[step], rest, added=added))
        elif added:
            yield tuple(steps)
    elif isinstance(value, list):
        numbers = range(len(value)) if step == "*" else range(len(value))[int(step) :][:1] if step.isdigit() else []
        for number in numbers:
            yield from ((number, *path) for path in _paths(value[number], rest, added=added))

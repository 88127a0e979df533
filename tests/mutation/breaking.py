"""How a property can be broken, whatever it is: nothing here knows of any rule."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.model import Options, Resource
from tests.mutation.recording import OPTIONS, TEXT, Path

GONE = object()
"""In the place of a value: the property is left out."""

HUGE = 1_000_000

ELSEWHERE = "sa-east-1"
"""An AWS region in which the product has nothing to do."""

_AWS_REGION = re.compile(r"\b(?:af|ap|ca|eu|il|me|sa|us)-(?:[a-z]+-)+\d")


def breaks(value: object, *, in_policy: bool) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """How to break such a value: the kind of break, and what to put in its place.

    Of a number, one direction is lawful as a rule (a shorter retention): both together are one break.
    """
    yield "left out", (GONE,)
    match value:
        case bool():
            yield "turned", (not value,)
        case int() | float():
            yield "out of range", (0, HUGE)
        case str() if value[:1] not in ("{", "["):
            yield "another", ("broken",)
            if _AWS_REGION.search(value):
                yield "elsewhere", (_AWS_REGION.sub(ELSEWHERE, value),)
            if in_policy and "*" not in value:
                yield "star", ("*",)
        case str():
            yield "unreadable", ("{",)
        case Mapping() | Sequence() if len(value):
            yield "emptied", (type(value)(),)


def at(resource: Resource, path: Path) -> Any:
    """The value in that place; raises LookupError if there is none."""
    if path[0] == OPTIONS:
        value: Any = getattr(resource.options, str(path[1]))
        return _walk(value, path[2:])
    return _walk(resource.properties, path)


def broken(resource: Resource, path: Path, value: object) -> Resource:
    """The resource with another value in that place."""
    if path[0] == OPTIONS:
        name = str(path[1])
        default = getattr(Options(), name)
        now = getattr(resource.options, name)
        changed = _changed(now, path[2:], lambda _: value)
        return replace(resource, options=replace(resource.options, **{name: default if changed is GONE else changed}))
    return replace(resource, properties=_changed(resource.properties, path, lambda _: value))


def _walk(value: Any, path: Path) -> Any:
    for step in path:
        value = json.loads(value) if step == TEXT else value[step]
    return value


def _changed(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(value)
    step, *rest = path
    if isinstance(value, Mapping) and step not in value:
        value = {**value, step: {}}
    if step == TEXT:
        inner = _changed(json.loads(value), tuple(rest), change)
        return GONE if inner is GONE else json.dumps(inner)
    inner = _changed(value[step], tuple(rest), change)
    if isinstance(value, Mapping):
        return {key: inner if key == step else kept for key, kept in value.items() if key != step or inner is not GONE}
    made = [inner if number == step else kept for number, kept in enumerate(value)]
    return type(value)(one for one in made if one is not GONE)

"""Which properties a rule reads: the stack is handed to it behind objects that remember what was asked of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from policies import reading
from policies.model import Options, Resource, Stack
from policies.registry import Rule

Path = tuple[str | int, ...]
"""Steps from a resource's properties; `OPTIONS` leads to its options, `TEXT` into a document that is JSON text."""

OPTIONS, TEXT = "(options)", "(text)"

Read = tuple[int, Path]


class Notes:
    """What of one resource was read."""

    def __init__(self, number: int, reads: set[Read]) -> None:
        self.number, self.reads = number, reads

    def note(self, path: Path) -> None:
        self.reads.add((self.number, path))

    def wrapped(self, value: Any, path: Path) -> Any:
        if isinstance(value, Mapping):
            return _Object(value, path, self)
        if isinstance(value, str):
            return _Text(value, path, self) if value[:1] in ("{", "[") else value
        if isinstance(value, Sequence):
            return _List(value, path, self)
        return value


class _Object(Mapping[str, Any]):
    def __init__(self, value: Mapping[str, Any], path: Path, notes: Notes) -> None:
        self._value, self._path, self._notes = value, path, notes

    def __getitem__(self, key: str) -> Any:
        path = (*self._path, key)
        value = self._value[key]
        self._notes.note(path)
        return self._notes.wrapped(value, path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def __len__(self) -> int:
        return len(self._value)


class _List(Sequence[Any]):
    def __init__(self, value: Sequence[Any], path: Path, notes: Notes) -> None:
        self._value, self._path, self._notes = value, path, notes

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self[number] for number in range(*key.indices(len(self)))]
        value = self._value[key]
        path = (*self._path, key % len(self._value))
        self._notes.note(path)
        return self._notes.wrapped(value, path)

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


class _Text(str):
    """A document that travels as text: what is read of it is noted once it is parsed."""

    __slots__ = ("notes", "path")

    notes: Notes
    path: Path

    def __new__(cls, value: str, path: Path, notes: Notes) -> "_Text":
        made = super().__new__(cls, value)
        made.path, made.notes = path, notes
        return made


class _Options:
    def __init__(self, options: Options, notes: Notes) -> None:
        self._options, self._notes = options, notes

    @property
    def protect(self) -> bool:
        self._notes.note((OPTIONS, "protect"))
        return self._options.protect

    @property
    def ignore_changes(self) -> Sequence[str]:
        path = (OPTIONS, "ignore_changes")
        self._notes.note(path)
        return _List(self._options.ignore_changes, path, self._notes)


def reads_of(rule: Rule, resources: Sequence[Resource]) -> set[Read]:
    """The properties that the rule looks at, by the number of their resource."""
    reads: set[Read] = set()
    stack = Stack(tuple(_recorded(resource, Notes(number, reads)) for number, resource in enumerate(resources)))
    with _documents_noted():
        list(rule.findings(stack))
    return reads


def _recorded(resource: Resource, notes: Notes) -> Resource:
    options: Any = _Options(resource.options, notes)
    properties = _Object(resource.properties, (), notes)
    return Resource(resource.type, resource.name, resource.urn, properties, options)


@contextmanager
def _documents_noted() -> Iterator[None]:
    def loads(text: str) -> Any:
        value = json.loads(text)
        return text.notes.wrapped(value, (*text.path, TEXT)) if isinstance(text, _Text) else value

    with patch.object(reading, "json", SimpleNamespace(loads=loads)):
        yield

"""What the handlers of all areas share."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.host.emulator import Emulator
from local.host.model import Resource
from local.host.provider import Made

Make = Callable[[Resource, Emulator], Made]
Delete = Callable[[Resource, Emulator], None]
Look = Callable[[Resource, Emulator], Mapping[str, Any] | None]

_GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "404")


@dataclass(frozen=True)
class Handler:
    """How one resource type is kept in the emulator.

    Attributes:
        make: Creates the resource, or adopts the one of that name and brings it up to date. Answers what the emulator
            says of it; what follows from the name alone is answered by the type's shape.
        delete: Removes the resource.
        look: Answers the inputs that the resource has by now; the ones it leaves out are as they were. The resource is
            gone if that is None, or if the emulator's error says so.
        known_by: The properties by which `make` finds the resource, beside those that its shape makes the id of.
        fixed: The properties that the resource keeps for life.
        lasting: Whether what it holds is lost with it. Then only the Pulumi engine deletes it, and `make reset`.
    """

    make: Make
    delete: Delete
    look: Look
    known_by: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    lasting: bool = False


def gone(error: ClientError) -> bool:
    """Whether the emulator says that what it was asked about does not exist."""
    return any(word in error.response["Error"]["Code"] for word in _GONE)


def changes(declared: Resource) -> dict[str, Any]:
    """The inputs to bring an adopted resource up to: all but those that the program leaves to others."""
    return {key: value for key, value in declared.inputs.items() if key not in declared.ignore_changes}


def pascal(value: Any, renamed: Mapping[str, str]) -> Any:
    """The value with the names of the AWS API: a capital first letter, but for the renamed ones."""
    match value:
        case dict():
            return {renamed.get(key, key[0].upper() + key[1:]): pascal(item, renamed) for key, item in value.items()}
        case list():
            return [pascal(item, renamed) for item in value]
        case _:
            return value


def tag_list(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[Any]:
    """Tags as the AWS API takes them; KMS spells their keys differently."""
    return [{key: name, value: content} for name, content in (tags or {}).items()]


def text(value: object) -> str:
    """The value as the attribute maps of SQS and SNS take it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def document(kept: str, live: Any) -> str:
    """The policy as it was written if it still says the same, else as it stands in the emulator."""
    said = live if isinstance(live, Mapping) else json.loads(live)
    return kept if json.loads(kept) == said else json.dumps(said)


def vanish(orphan: Resource, emulator: Emulator) -> None:
    """Nothing to remove: the setting goes when the resource that it belongs to goes."""

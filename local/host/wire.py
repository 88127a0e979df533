"""Between the SDK's protobuf structures and plain Python values."""

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.rpc import UNKNOWN


def plain(value: struct_pb2.Value) -> Any:
    """The value as JSON-like Python data: whole numbers become int, absent values vanish from objects."""
    match value.WhichOneof("kind"):
        case "struct_value":
            return plain_object(value.struct_value)
        case "list_value":
            return [plain(item) for item in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "string_value":
            return value.string_value
        case _:
            return None


def plain_object(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The structure as a dictionary, in alphabetical order: protobuf keeps none of its own."""
    pairs = ((key, plain(struct.fields[key])) for key in sorted(struct.fields))
    return {key: value for key, value in pairs if value is not None}


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """The dictionary as a protobuf structure."""
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def unknown_paths(value: Any, path: str = "") -> Iterator[str]:
    """Where in the value stands something that no resource has answered."""
    if isinstance(value, str) and UNKNOWN in value:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from unknown_paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_paths(item, f"{path}[{index}]")

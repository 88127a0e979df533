"""Schemas in words."""

import json
from collections.abc import Mapping
from typing import Any

Node = Mapping[str, Any]

_NAMED = {"uuid": "GUID", "date-time": "moment", "date": "date", "uri": "address", "uri-reference": "address"}


def kind(schema: Node) -> str:
    """The schema's type."""
    if "$ref" in schema:
        return last(schema["$ref"])
    if alternatives := schema.get("anyOf"):
        return " or ".join(kind(one) for one in alternatives)
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    return _plain(schema)


def about(schema: Node) -> str:
    """What the schema says of itself."""
    told = [schema["description"].rstrip(".")] if "description" in schema else []
    if schema.get("default") is not None:
        told.append(f"if left out: {json.dumps(schema['default'])}")
    return "; ".join(told)


def shape(schema: Node) -> str | None:
    """The name of the schema that tells more, if one does."""
    for one in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        if "$ref" in one:
            return last(one["$ref"])
        if "$ref" in one.get("items", {}):
            return last(one["items"]["$ref"])
    return None


def last(reference: str) -> str:
    """What a reference names."""
    return reference.rpartition("/")[2]


def _plain(schema: Node) -> str:
    named = str(schema.get("type", "anything"))
    if named == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if named == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"map to {kind(schema['additionalProperties'])}"
    if named == "string":
        return _NAMED.get(schema.get("format", ""), "text") + _length(schema)
    return named + _range(schema)


def _length(schema: Node) -> str:
    return f", up to {schema['maxLength']} characters" if "maxLength" in schema else ""


def _range(schema: Node) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None:
        return ""
    return f", {low} to {high}" if high is not None else f", at least {low}"

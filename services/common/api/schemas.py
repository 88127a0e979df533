"""JSON Schemas of the models of all operations, for the components of the OpenAPI document."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from services.common.api.models import Answered, Input
from services.common.api.operation import Operation

Schema = dict[str, Any]
Mode = Literal["validation", "serialization"]

REF = "#/components/schemas/{model}"
_ATTRIBUTES = re.compile(r"\n+Attributes:\n(?P<each>.*)", re.DOTALL)
_ATTRIBUTE = re.compile(r"^ {4}(?P<name>\w+): (?P<text>.*(?:\n {8,}.*)*)", re.MULTILINE)


class _Untitled(GenerateJsonSchema):
    """A member's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the base's signature
        return False


class Schemas:
    """The schemas of all models that go in or out."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        given = list(operations)
        bodies = [(operation.body, "validation") for operation in given if operation.body]
        queries = [(operation.query, "validation") for operation in given if operation.query]
        answers = [(answer, "serialization") for operation in given for answer in answers_of(operation)]
        wanted: list[tuple[type[BaseModel], Mode]] = list(dict.fromkeys([*bodies, *queries, *answers]))  # type: ignore[list-item]
        self._refs, document = models_json_schema(wanted, ref_template=REF, schema_generator=_Untitled)
        self.components: dict[str, Schema] = {
            name: _told(schema) for name, schema in sorted(document.get("$defs", {}).items())
        }
        unwanted = {model for model, _ in queries} - {model for model, _ in bodies}
        self._queries = {model: self.components.pop(self._name(model)) for model in unwanted if model}

    def body(self, model: type[Input]) -> Schema:
        """The reference to a request's body."""
        return dict(self._refs[model, "validation"])

    def answer(self, model: Answered) -> Schema:
        """The reference to an answer."""
        return dict(self._refs[model, "serialization"])

    def query(self, model: type[Input]) -> Iterator[tuple[str, Schema, bool]]:
        """Each query parameter: its name, its schema, and whether it has to be there."""
        schema = self._queries[model]
        for name, member in schema.get("properties", {}).items():
            yield name, _given(member), name in schema.get("required", ())

    def _name(self, model: type[BaseModel]) -> str:
        return str(self._refs[model, "validation"]["$ref"]).rpartition("/")[2]


def answers_of(operation: Operation) -> Sequence[Answered]:
    """The models of all its answers that are no problem."""
    return [model for model in (operation.answer, *operation.also.values()) if model is not None]


def of_type(kind: Any) -> Schema:
    """The schema of a path's parameter."""
    return TypeAdapter(kind).json_schema(schema_generator=_Untitled)


def _given(member: Schema) -> Schema:
    """The schema of a parameter that is given: one that is left out is not null."""
    schema = {name: value for name, value in member.items() if (name, value) != ("default", None)}
    kinds = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
    return {**kinds[0], **schema} if len(kinds) == 1 else {**schema, **({"anyOf": kinds} if kinds else {})}


def _told(schema: Schema) -> Schema:
    """The schema with its members described by the model's docstring."""
    description = schema.get("description", "")
    attributes = _ATTRIBUTES.search(description)
    if attributes is None:
        return schema
    members = dict(schema.get("properties", {}))
    for found in _ATTRIBUTE.finditer(attributes["each"]):
        name = to_camel(found["name"])
        if name in members:
            members[name] = {"description": " ".join(found["text"].split()), **members[name]}
    return {**schema, "description": _ATTRIBUTES.sub("", description), "properties": members}

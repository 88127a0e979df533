"""The OpenAPI document as a person reads it, with every reference followed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.portal import words
from services.portal.samples import Sample, samples
from services.portal.words import Node

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Member:
    """A parameter, or a member of a body.

    Attributes:
        place: path, query, header or body.
        kind: its type in words.
        shape: the schema that tells more, if one does.
    """

    name: str
    place: str
    kind: str
    shape: str | None
    required: bool
    about: str


@dataclass(frozen=True)
class Shape:
    """A schema of the document."""

    name: str
    about: str
    members: tuple[Member, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Refusal:
    """A problem that an operation may answer."""

    status: int
    slug: str
    title: str
    about: str


@dataclass(frozen=True)
class Shown:
    """An operation.

    Attributes:
        callers: who may call it.
        answers: each status that is no refusal, with its schema or media type.
    """

    name: str
    method: str
    path: str
    service: str
    summary: str
    about: str
    callers: tuple[str, ...]
    members: tuple[Member, ...]
    answers: tuple[tuple[str, str | None], ...]
    samples: tuple[Sample, ...]
    refusals: tuple[Refusal, ...]


class Reader:
    """Reads one document."""

    def __init__(self, document: Node) -> None:
        self._document = document

    def operations(self) -> Iterator[Shown]:
        """Every operation, in the document's order."""
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._shown(method, path, item[method])

    def shapes(self) -> Iterator[Shape]:
        """Every schema."""
        for name, schema in self._document["components"]["schemas"].items():
            values = tuple(map(str, schema.get("enum", ())))
            yield Shape(name, schema.get("description", ""), tuple(_members(schema)), values)

    def _shown(self, method: str, path: str, operation: Node) -> Shown:
        parameters = [self._follow(one) for one in operation["parameters"]]
        responses = {status: self._follow(one) for status, one in operation["responses"].items()}
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        body = self._follow(content.get("schema", {}))
        return Shown(
            name=operation["operationId"],
            method=method.upper(),
            path=path,
            service=operation["tags"][0],
            summary=operation["summary"],
            about=operation.get("description", ""),
            callers=tuple(operation["x-callers"]),
            members=(*map(_parameter, parameters), *_members(body)),
            answers=tuple((status, _answer(one)) for status, one in responses.items() if status < "4"),
            samples=tuple(samples(method, path, operation, parameters, responses)),
            refusals=tuple(_refusals(responses)),
        )

    def _follow(self, node: Node) -> Node:
        found = node
        while "$ref" in found:
            target = self._document
            for step in found["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            found = target
        return found


def _members(schema: Node) -> Iterator[Member]:
    for name, member in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        yield Member(name, "body", words.kind(member), words.shape(member), required, words.about(member))


def _parameter(parameter: Node) -> Member:
    schema = parameter["schema"]
    about = "; ".join(filter(None, (parameter.get("description", "").rstrip("."), words.about(schema))))
    kind, shape = words.kind(schema), words.shape(schema)
    return Member(parameter["name"], parameter["in"], kind, shape, parameter.get("required", False), about)


def _answer(response: Node) -> str | None:
    return next((words.shape(one["schema"]) or kind for kind, one in response.get("content", {}).items()), None)


def _refusals(responses: Mapping[str, Node]) -> Iterator[Refusal]:
    for status, response in responses.items():
        if status >= "4":
            for slug, example in response["content"]["application/problem+json"]["examples"].items():
                yield Refusal(int(status), slug, example["summary"], example["description"])

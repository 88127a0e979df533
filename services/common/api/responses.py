"""The answers of an operation, as the OpenAPI document describes them; problems are shared between operations."""

import re
from collections.abc import Sequence
from http import HTTPStatus

from services.common.api import problems
from services.common.api.headers import headers
from services.common.api.models import Answered
from services.common.api.operation import Example, Operation
from services.common.api.schemas import Schema, Schemas
from services.common.errors import PROBLEM_BASE, Problem

_ALWAYS = ("X-Request-Id",)
_COUNTED = (*_ALWAYS, "RateLimit-Policy", "RateLimit")
_MADE = (201, 202)
_HEADERS_OF_PROBLEMS = {
    401: (*_ALWAYS, "WWW-Authenticate"),
    405: (*_ALWAYS, "Allow"),
    429: (*_COUNTED, "Retry-After"),
    503: (*_ALWAYS, "Retry-After"),
}


class Responses:
    """Describes the answers of operations, and collects what they share in `components`."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self.components: dict[str, Schema] = {}

    def of(self, operation: Operation) -> dict[str, Schema]:
        """Every answer of the operation by its status."""
        told = {str(operation.status): self._usual(operation)}
        for status, answer in operation.also.items():
            told[str(status)] = _told(status, operation, self._content(answer, ()))
        for status, kinds in problems.of(operation).items():
            told[str(status)] = {"$ref": f"#/components/responses/{self._problem(status, kinds)}"}
        return dict(sorted(told.items()))

    def _usual(self, operation: Operation) -> Schema:
        content = self._content(operation.answer, operation.examples)
        content |= {kind: _file(kind) for kind in operation.downloads}
        return _told(operation.status, operation, content)

    def _content(self, answer: Answered | None, examples: Sequence[Example]) -> Schema:
        if answer is None:
            return {}
        content: Schema = {"schema": self._schemas.answer(answer)}
        if examples:
            content["examples"] = {named(one.title): {"summary": one.title, "value": one.answer} for one in examples}
        return {"application/json": content}

    def _problem(self, status: int, kinds: Sequence[type[Problem]]) -> str:
        name = ".".join([str(status), *(kind.slug for kind in kinds)])
        examples = {
            kind.slug: {"summary": kind.title, "value": problems.example(kind), "description": problems.meaning(kind)}
            for kind in kinds
        }
        self.components[name] = {
            "description": "; ".join(kind.title for kind in kinds),
            "headers": headers(*_HEADERS_OF_PROBLEMS.get(status, _ALWAYS)),
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": examples,
                }
            },
            "x-problem-types": [PROBLEM_BASE + kind.slug for kind in kinds],
        }
        return name


def _told(status: int, operation: Operation, content: Schema) -> Schema:
    names = [*_COUNTED]
    if operation.versioned and status == operation.status:
        names.append("ETag")
    if status in _MADE:
        names.append("Location")
    if operation.downloads:
        names.append("Content-Disposition")
    told: Schema = {"description": HTTPStatus(status).phrase, "headers": headers(*names)}
    return {**told, "content": content} if content else told


def _file(kind: str) -> Schema:
    return {"schema": {}} if kind.endswith("json") else {"schema": {"type": "string", "format": "binary"}}


def named(title: str) -> str:
    """The name under which an example stands."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")

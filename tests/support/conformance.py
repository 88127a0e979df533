"""A client that accepts no answer which the operations do not declare."""

import re
from collections.abc import Sequence
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.common.api import Operation, problems
from services.common.errors import PROBLEM_BASE, BadRequest, MethodNotAllowed, NotFound, Problem

ANYWHERE = (BadRequest, MethodNotAllowed, NotFound)
"""What an address or a method that is none is told."""


def conforming(operations: Sequence[Operation]) -> type[FlaskClient]:
    """The client for these operations."""
    known = [(operation, _pattern(operation.path)) for operation in operations]

    class Conforming(FlaskClient):
        def open(self, *args: Any, **kwargs: Any) -> TestResponse:
            answer = super().open(*args, **kwargs)
            method, path = answer.request.method, answer.request.path
            for operation, pattern in known:
                if operation.method == method and pattern.fullmatch(path):
                    assert_declared(operation, answer)
                    break
            return answer

    return Conforming


def assert_declared(operation: Operation, answer: TestResponse) -> None:
    """The answer's status, media type and body are what the operation says."""
    told = f"{operation.name} answered {answer.status_code} {answer.mimetype}: {answer.data[:500]!r}"
    if answer.status_code >= 400:
        kinds: list[type[Problem]] = [*problems.of(operation).get(answer.status_code, ()), *ANYWHERE]
        assert answer.mimetype == "application/problem+json", told
        assert answer.json is not None, told
        assert answer.json["type"] in {PROBLEM_BASE + kind.slug for kind in kinds}, told
        return
    assert answer.status_code in (operation.status, *operation.also), told
    model = operation.also.get(answer.status_code, operation.answer)
    if model is not None:
        assert answer.mimetype == "application/json", told
        model.model_validate_json(answer.data, strict=True)
    elif operation.downloads:
        assert answer.mimetype in operation.downloads, told
    else:
        assert answer.data == b"", told


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[A-Za-z]+\}", "[^/]+", path))

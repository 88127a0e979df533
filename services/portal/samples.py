"""Requests as one types them, each with its answer."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.words import Node


@dataclass(frozen=True)
class Sample:
    """A request for curl, and the answer's body if it has one."""

    title: str
    command: str
    answer: str | None


def samples(
    method: str, path: str, operation: Node, parameters: Sequence[Node], responses: Mapping[str, Node]
) -> Iterator[Sample]:
    """One for each example of the operation; without any, the bare request."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    bodies: Node = content.get("examples", {})
    answers: dict[str, Node] = {}
    for status, response in responses.items():
        if status < "4":
            for media in response.get("content", {}).values():
                answers |= media.get("examples", {})
    for name in answers or bodies or ("",):
        body, answer = bodies.get(name, {}), answers.get(name, {})
        title = answer.get("summary") or body.get("summary") or operation["summary"]
        request = command(method, path, operation, parameters, body.get("value"))
        yield Sample(title, request, _json(answer["value"]) if "value" in answer else None)


def command(method: str, path: str, operation: Node, parameters: Sequence[Node], body: Any) -> str:
    """The request; `$API`, `$TOKEN` and the path's parameters are the reader's."""
    address = path
    for parameter in parameters:
        if parameter["in"] == "path":
            address = address.replace(f"{{{parameter['name']}}}", f"${parameter['name'].upper()}")
    implied = "get" if body is None else "post"
    verb = "" if method == implied else f"-X {method.upper()} "
    lines = [f'curl {verb}"$API{address}"']
    if operation["security"]:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    names = {parameter["name"] for parameter in parameters}
    if "Idempotency-Key" in names:
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if "If-Match" in names:
        lines.append("-H 'If-Match: \"3\"'")
    if body is not None:
        lines.append(f"--json {shlex.quote(_json(body))}")
    return " \\\n  ".join(lines)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)

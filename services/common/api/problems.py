"""Which problems a client may meet: all of them, and those of one operation by status."""

from collections.abc import Mapping
from typing import Any

from services.common import errors
from services.common.api.operation import Operation
from services.common.errors import Problem

ALWAYS = (errors.InvalidRequest, errors.TooManyRequests, errors.Problem, errors.Unavailable)
"""A query parameter that is none is refused everywhere."""
WITH_A_TOKEN = (errors.Unauthorized, errors.Forbidden)
WITH_A_BODY = (errors.MalformedBody, errors.BodyTooLarge, errors.UnsupportedMediaType)
WITH_A_KEY = (errors.InFlight, errors.KeyReused)
WITH_IF_MATCH = (errors.PreconditionFailed, errors.PreconditionRequired)


def catalogue() -> tuple[type[Problem], ...]:
    """Every kind of problem that a client can tell from others, by status and slug."""
    found: set[type[Problem]] = set()
    new = {Problem}
    while new:
        found |= new
        new = {kind for parent in new for kind in parent.__subclasses__()}
    return tuple(sorted((kind for kind in found if "slug" in vars(kind)), key=lambda kind: (kind.status, kind.slug)))


def of(operation: Operation) -> Mapping[int, tuple[type[Problem], ...]]:
    """The problems that the operation may answer, by status."""
    kinds: set[type[Problem]] = {*ALWAYS, *operation.problems}
    if not operation.public:
        kinds |= set(WITH_A_TOKEN)
    if operation.body is not None:
        kinds |= set(WITH_A_BODY)
    if operation.path_parameters:
        kinds.add(errors.NotFound)
    if operation.key:
        kinds |= set(WITH_A_KEY)
    if operation.if_match:
        kinds |= set(WITH_IF_MATCH)
    ordered = sorted(kinds, key=lambda kind: (kind.status, kind.slug))
    return {status: tuple(kind for kind in ordered if kind.status == status) for status in {k.status for k in ordered}}


def meaning(kind: type[Problem]) -> str:
    """What the problem says, in a sentence."""
    return " ".join((kind.__doc__ or "").split())


def example(kind: type[Problem]) -> dict[str, object]:
    """A document of this kind, as a client may meet it."""
    told = Problem(meaning(kind))
    told.slug, told.title, told.status = kind.slug, kind.title, kind.status
    if kind is errors.InvalidRequest:
        told.members = {"errors": [{"field": "limit", "message": "Input should be less than or equal to 100"}]}
    return told.document("/the/address/that/was/asked")


def schema() -> dict[str, Any]:
    """The JSON Schema of every problem document (RFC 9457)."""
    text = {"type": "string"}
    fault = {"type": "object", "required": ["field", "message"], "properties": {"field": text, "message": text}}
    return {
        "type": "object",
        "description": "What went wrong (RFC 9457). `type` is stable: programs go by it, and not by the texts.",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri",
                "enum": [errors.PROBLEM_BASE + kind.slug for kind in catalogue()],
            },
            "title": {"type": "string", "description": "the kind of problem, in words"},
            "status": {"type": "integer", "description": "the HTTP status"},
            "detail": {"type": "string", "description": "what was wrong this time"},
            "instance": {"type": "string", "format": "uri-reference", "description": "the address that was asked"},
            "errors": {"type": "array", "description": "each field at fault, if fields are", "items": fault},
        },
    }

"""The one way in: every operation is checked alike before its handler sees the call."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request
from pydantic import TypeAdapter, ValidationError

from services.common.api import web
from services.common.api.call import Call
from services.common.api.callers import Customer, Service, Staff, admit
from services.common.api.idempotency import Key
from services.common.api.models import Input
from services.common.api.operation import Operation
from services.common.api.quota import Quota
from services.common.api.reply import Reply
from services.common.database import Database
from services.common.errors import InvalidRequest, NotFound, PreconditionRequired
from services.common.tokens import TokenVerifier
from services.registry import Caller, Scope

Handler = Callable[[Call], Reply]
_VERSION = re.compile(r'"([0-9]{1,9})"')


class _Nothing(Input):
    """The query of an operation that takes none."""


@dataclass(frozen=True)
class Gate:
    """What every call passes.

    Attributes:
        database: where callers and their data are.
        verifier: of access tokens.
        quota: how much a tenant may ask.
    """

    database: Database
    verifier: TokenVerifier
    quota: Quota


def mount(app: Flask, gate: Gate, operations: Sequence[Operation], handlers: Mapping[str, Handler]) -> None:
    """Puts the operations on the application, each with the handler of its name.

    Raises:
        LookupError: an operation has no handler, or a handler no operation.
    """
    if {operation.name for operation in operations} != set(handlers):
        raise LookupError(f"operations and handlers differ: {sorted({o.name for o in operations} ^ set(handlers))}")
    app.after_request(_give_standing)
    for operation in operations:
        rule = re.sub(r"\{([A-Za-z]+)\}", r"<\1>", operation.path)
        view = _view(gate, operation, handlers[operation.name])
        app.add_url_rule(rule, endpoint=operation.name, view_func=view, methods=[operation.method])


def _view(gate: Gate, operation: Operation, handler: Handler) -> Callable[..., Response]:
    adapters: dict[str, TypeAdapter[Any]] = {
        name: TypeAdapter(kind) for name, kind in operation.path_parameters.items()
    }
    callers, scope = operation.callers, operation.scope

    def view(**segments: str) -> Response:
        caller = _admit(gate, callers, scope)
        g.standing = gate.quota.take(_tenant(caller))
        path = _path(adapters, segments)
        reply = handler(
            Call(
                database=gate.database,
                caller=caller,
                path=path,
                given_query=(operation.query or _Nothing).read(request.args),
                given_body=operation.body.parse(web.json_body()) if operation.body else None,
                route=f"{operation.method} {operation.path.format(**path)}",
                key=Key.parse(request.headers.get("Idempotency-Key")) if operation.key else None,
                if_match=_if_match() if operation.if_match else None,
                address=_address(),
            )
        )
        response = Response(reply.body, reply.status, headers=dict(reply.headers), mimetype=reply.media_type)
        if not reply.body:
            del response.headers["Content-Type"]
        return response

    return view


def _admit(gate: Gate, callers: frozenset[Caller], scope: Scope | None) -> Customer | Staff | Service | None:
    if Caller.PUBLIC in callers:
        return None
    return admit(gate.database, gate.verifier.verify(request.headers.get("Authorization")), callers, scope)


def _tenant(caller: Customer | Staff | Service | None) -> str:
    match caller:
        case Customer():
            return str(caller.customer_id)
        case Staff():
            return str(caller.subject)
        case Service():
            return caller.client_id
        case None:
            return _address()


def _address() -> str:
    """Whom the gateway heard from: it overwrites the header, so that nobody invents one (`infra/edge.py`)."""
    return request.headers.get("X-Client-Address") or request.remote_addr or ""


def _path(adapters: Mapping[str, TypeAdapter[Any]], segments: Mapping[str, str]) -> dict[str, Any]:
    try:
        return {name: adapters[name].validate_python(text) for name, text in segments.items()}
    except ValidationError:
        raise NotFound("the address has a part that is not of the form it needs") from None


def _if_match() -> int:
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired("send the ETag that you have read as the header 'If-Match'")
    found = _VERSION.fullmatch(given.strip())
    if found is None:
        raise InvalidRequest('the If-Match header takes one ETag as this API gives them, for example "3"')
    return int(found[1])


def _give_standing(response: Response) -> Response:
    if (standing := g.get("standing")) is not None:
        response.headers.update(standing.headers)
    return response

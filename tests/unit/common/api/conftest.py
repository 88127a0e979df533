"""A small service with an operation of every kind, behind the one way in; nothing here needs a database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from pydantic import Field

from services import registry
from services.common.api import Answer, Call, Download, Example, Gate, Input, ListQuery, Operation, Reply, mount, web
from services.common.api.models import Moment
from services.common.api.quota import Quota
from services.common.database import Database
from services.common.errors import Conflict, Unauthorized
from services.common.tokens import Principal, TokenVerifier
from services.registry import OPERATOR, PUBLIC, Caller, Role, Route, Scope, Service

SUBJECT = UUID(int=4711)
THING = "/things/0749be3c-dbcd-4505-9d47-90358bcc4de7"


class ThingsQuery(ListQuery):
    name: str | None = None


class ThingChange(Input):
    """What changes.

    Attributes:
        name: the thing's new name,
            in one line.
    """

    name: str
    until: Moment | None = None


class ThingAnswer(Answer):
    name: str


LIST = Operation(method="GET", path="/things", name="listThings", summary="x", query=ThingsQuery, answer=ThingAnswer)
CHANGE = Operation(
    method="PATCH",
    path="/things/{id}",
    name="changeThing",
    summary="Change a thing",
    description="All of it.",
    body=ThingChange,
    answer=ThingAnswer,
    problems=(Conflict,),
    versioned=True,
    if_match=True,
    key=True,
    examples=(Example("A new name", {"name": "b"}, {"name": "b"}),),
)
DELETE = Operation(method="DELETE", path="/things/{id}", name="deleteThing", summary="x", status=204, key=True)
FILE = Operation(
    method="GET",
    path="/things/{id}/files/{name}",
    name="getFile",
    summary="x",
    parameters={"name": Annotated[str, Field(pattern="^[a-z]+$")]},
    downloads=("application/pdf",),
)
SIGN_IN = Operation(method="POST", path="/sign-in", name="signIn", summary="x", body=ThingChange, status=204)
OPERATIONS = (LIST, CHANGE, DELETE, FILE, SIGN_IN)
CALLERS = {"listThings": OPERATOR | {Caller.SERVICE}, "signIn": PUBLIC}
SCOPES = {"listThings": Scope.CATALOGUE}
SERVICE = Service(
    "things",
    Role.WEB,
    "keeps things",
    routes=tuple(
        Route(one.method, one.path, CALLERS.get(one.name, OPERATOR), SCOPES.get(one.name)) for one in OPERATIONS
    ),
)


class Verifier(TokenVerifier):
    """Accepts `Bearer <group>*`, and `Bearer service <scope>*` for one that calls for itself."""

    def __init__(self) -> None:
        pass

    def verify(self, authorization: str | None) -> Principal:
        if not authorization:
            raise Unauthorized("no token")
        given = authorization.split()[1:]
        if given[:1] == ["service"]:
            return Principal(None, frozenset(), "bookkeeping", frozenset(given[1:]))
        return Principal(SUBJECT, frozenset(given))


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(registry, "SERVICES", (SERVICE,))
    return SERVICE


@dataclass
class Desk:
    """The service's client, and the calls that its handlers saw."""

    client: FlaskClient
    calls: list[Call]

    def open(self, method: str, path: str, token: str = "Bearer operator", **given: Any) -> Any:
        headers: Mapping[str, str] = {"Authorization": token} if token else {}
        return self.client.open(path, method=method, **{**given, "headers": {**headers, **given.get("headers", {})}})


@pytest.fixture
def open_desk(things: Service) -> Callable[[int], Desk]:
    def opened(per_minute: int) -> Desk:
        calls: list[Call] = []

        def answer(reply: Reply) -> Callable[[Call], Reply]:
            def handler(call: Call) -> Reply:
                calls.append(call)
                return reply

            return handler

        shown = Reply.of(ThingAnswer(name="a"), version=3)
        handlers = {
            "listThings": answer(shown),
            "changeThing": answer(shown),
            "deleteThing": answer(Reply.empty()),
            "getFile": answer(Download.named("a.pdf", b"%PDF", "application/pdf")),
            "signIn": answer(Reply.empty()),
        }
        app = web.create_app("things", lambda: None)
        mount(app, Gate(cast("Database", None), Verifier(), Quota(per_minute)), OPERATIONS, handlers)
        return Desk(app.test_client(), calls)

    return opened


@pytest.fixture
def desk(open_desk: Callable[[int], Desk]) -> Desk:
    return open_desk(1000)

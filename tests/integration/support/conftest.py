"""Customers and a support agent at work on cases."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from werkzeug.test import TestResponse

from services.common.api import Gate
from services.common.api.quota import Quota
from services.common.database import Database
from services.registry import Caller
from services.support.api import OPERATIONS
from services.support.web import build
from tests.integration.conftest import World
from tests.support.conformance import conforming
from tests.support.desk import Verifier

AGENT = uuid4()
WHO = "agent"
"""The support agent among the names of customers."""


class Helpdesk:
    """Customer Support as its callers use it."""

    def __init__(self, world: World, database: Database | None = None) -> None:
        self.world = world
        app = build(Gate(database or world.database, Verifier(), Quota(1_000_000)))
        app.test_client_class = conforming(OPERATIONS)
        self.client = app.test_client()

    def ask(
        self,
        method: str,
        path: str = "",
        body: object = None,
        *,
        who: str = "liffey",
        key: str | None = None,
        version: str | None = None,
        **query: str,
    ) -> TestResponse:
        token = f"{AGENT} {Caller.SUPPORT}" if who == WHO else f"{self.world.subject(who)}"
        headers = {"Authorization": f"Bearer {token}"}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": version} if version else {}
        return self.client.open(f"/cases{path}", method=method, json=body, headers=headers, query_string=query)

    def get(self, path: str = "", *, who: str = "liffey", **query: str) -> Any:
        return done(self.ask("GET", path, who=who, **query))

    def open(self, subject: str = "Two licences do not work", *, who: str = "liffey", **fields: object) -> Any:
        return done(self.ask("POST", "", {"subject": subject, "message": "Please help."} | fields, who=who), 201)

    def write(self, case: str, body: str, *, who: str = "liffey") -> Any:
        return done(self.ask("POST", f"/{case}/messages", {"body": body}, who=who), 201)

    def change(self, case: str, **fields: object) -> Any:
        version = self.ask("GET", f"/{case}", who=WHO).headers["ETag"]
        return done(self.ask("PATCH", f"/{case}", fields, who=WHO, version=version))

    def letters(self) -> list[tuple[str, str, str]]:
        """Recipient, title and body of every mail, in the order in which they were handed over."""
        rows = self.world.admin.execute(
            "SELECT body::jsonb ->> 'to', body::jsonb ->> 'title', body::jsonb ->> 'body' FROM outbox"
            " WHERE queue = 'email' ORDER BY id"
        )
        return [(str(to), str(title), str(body)) for to, title, body in rows]

    def user(self, who: str) -> UUID:
        return UUID(str(self.world.value("SELECT id FROM app_user WHERE subject = %s", self.world.subject(who))))


@pytest.fixture
def helpdesk(world: World) -> Helpdesk:
    return Helpdesk(world)


def done(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.data
    return answer.json

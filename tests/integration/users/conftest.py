"""User Management in process, with a user pool that moto plays; nothing follows until a test says so."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from services.common.api import Gate
from services.common.api.quota import Quota
from services.common.directory import Directory, Person
from services.common.settings import DirectorySettings
from services.registry import Caller
from services.users.api import OPERATIONS
from services.users.following import Follower
from services.users.web import application
from tests.integration.conftest import REGION, Aws, World
from tests.support.conformance import conforming
from tests.support.desk import Verifier

NEW = {"email": "ciaran@liffey-shipping.example", "firstName": "Ciarán", "lastName": "Walsh"}
STAFF = uuid4()


@dataclass
class Office:
    """The hands of everybody who uses User Management; `liffey` is the company unless a test says otherwise."""

    world: World
    directory: Directory
    follower: Follower
    app: Flask

    def call(
        self, method: str, path: str, body: object = None, *, who: str | None = None, **headers: str | None
    ) -> TestResponse:
        """A request by the administrator of liffey, or with another `Authorization`."""
        given = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        token = who or str(self.world.subject("liffey"))
        return self.app.test_client().open(
            path, method=method, json=body, headers={"Authorization": f"Bearer {token}", **given}
        )

    def get(self, path: str, *, who: str | None = None, **query: str) -> Any:
        answer = self.app.test_client().get(
            path, query_string=query, headers={"Authorization": f"Bearer {who or self.world.subject('liffey')}"}
        )
        assert answer.status_code == 200, answer.data
        return answer.json

    def change(self, path: str, body: object, *, who: str | None = None, method: str = "PATCH") -> TestResponse:
        """A change of what is there at this moment."""
        seen = self.call("GET", path, who=who)
        return self.call(method, path, body, who=who, If_Match=seen.headers["ETag"])

    def invite(self, **person: str) -> str:
        """Somebody who is invited and whom the pool knows; their id."""
        answer = self.call("POST", "/people", {**NEW, **person})
        assert answer.status_code == 201, answer.data
        self.follower.follow()
        return str(answer.json["id"])  # type: ignore[index]

    def join(self, **person: str) -> str:
        """Somebody who has accepted their invitation; their id."""
        person_id = self.invite(**person)
        assert self.call("GET", "/company", who=self.subject(person_id)).status_code == 200
        return person_id

    def subject(self, person_id: str) -> str:
        return str(self.world.value("SELECT subject FROM app_user WHERE id = %s", person_id))

    def known(self, email: str = NEW["email"]) -> Person:
        found = self.directory.find(email)
        assert found is not None
        return found

    def mails(self) -> list[tuple[object, ...]]:
        """Recipient and order of each mail that was handed over."""
        return self.world.admin.execute(
            "SELECT body::jsonb ->> 'to', order_id FROM outbox WHERE queue = 'email' ORDER BY id"
        ).fetchall()


@pytest.fixture
def office(world: World, aws: Aws) -> Office:
    cognito = boto3.client("cognito-idp", region_name=REGION)
    pool = cognito.create_user_pool(PoolName="users", UsernameAttributes=["email"])["UserPool"]["Id"]
    directory = Directory(DirectorySettings.read({"USER_POOL_ID": pool, "AWS_REGION": REGION}))
    follower = Follower(world.database, directory)
    app = application(Gate(world.database, Verifier(), Quota(1_000_000)), follower)
    app.test_client_class = conforming(OPERATIONS)
    return Office(world, directory, follower, app)


def staff(role: Caller = Caller.OPERATOR) -> str:
    """What an agent or operator sends."""
    return f"{STAFF} {role.value}"


def other(world: World, key: str = "siam") -> str:
    """The administrator of another company."""
    return str(world.subject(key))

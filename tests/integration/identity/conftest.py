"""The identity service over a real database and the emulator's Cognito, with a pool as the program declares it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import boto3
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.common.api import Gate
from services.common.api.quota import Quota
from services.common.directory import Directory
from services.common.tokens import TokenVerifier
from services.identity.api import OPERATIONS
from services.identity.provider import Provider
from services.identity.settings import SignInSettings
from services.identity.web import create_app
from tests.integration.conftest import REGION, World
from tests.support.conformance import conforming
from tests.support.emulator import running_emulator

PASSWORD = "Correct-horse-7-staples"
TEMPORARY = "Temporary-horse-7"
ADDRESS = "192.0.2.7"


@pytest.fixture(scope="session")
def cognito_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_emulator(tmp_path_factory.mktemp("cognito"), as_on_one_machine=True) as url:
        yield url


@dataclass
class Desk:
    """Clients of the service, and the pool behind it."""

    world: World
    cognito: Any
    pool: str
    client_id: str
    directory: Directory
    provider: Provider
    verifier: TokenVerifier
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        gate = Gate(self.world.database, self.verifier, Quota(100_000))
        app = create_app(gate, self.provider, self.directory)
        app.test_client_class = conforming(OPERATIONS)
        self.client = app.test_client()

    def post(self, path: str, body: object, token: str | None = None, address: str = ADDRESS) -> TestResponse:
        headers = {"X-Client-Address": address} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self.client.post(f"/identity{path}", json=body, headers=headers)

    def me(self, token: str) -> TestResponse:
        return self.client.get("/identity/me", headers={"Authorization": f"Bearer {token}"})

    def sign_in(self, email: str, password: str = PASSWORD, address: str = ADDRESS) -> TestResponse:
        return self.post("/sign-in", {"email": email, "password": password}, address=address)

    def tokens(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = self.sign_in(email, password)
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def person(self, key: str = "siam", *, invited: bool = False) -> str:
        """The demo customer's person, known to the pool; their address."""
        email = f"{uuid4()}@shop.example"
        subject = self.directory.invite(email, TEMPORARY)
        if not invited:
            self.directory.set_password(email, PASSWORD)
        self.world.admin.execute(
            "UPDATE app_user SET email = %s, subject = %s WHERE subject = %s",
            (email, subject, self.world.subject(key)),
        )
        self.world.subjects[self.world.customer(key).email] = subject
        return email

    def staff(self, group: str) -> str:
        email = f"{uuid4()}@cloud-sales.example"
        self.directory.invite(email, TEMPORARY)
        self.directory.set_password(email, PASSWORD)
        self.cognito.admin_add_user_to_group(UserPoolId=self.pool, Username=email, GroupName=group)
        return email

    def code(self, email: str) -> str:
        """The code in the last mail to the address."""
        body = self.world.value(
            "SELECT body FROM outbox WHERE queue = 'email' AND body::jsonb->>'to' = %s ORDER BY id DESC", email
        )
        assert isinstance(body, str), "no mail"
        return str(json.loads(body)["body"].split("\n\n")[2])

    def deactivate(self, email: str) -> None:
        self.world.admin.execute("UPDATE app_user SET state = 'DEACTIVATED' WHERE email = %s", (email,))


@pytest.fixture(scope="session")
def pool(cognito_url: str) -> tuple[Any, str, str]:
    """The client of Cognito, the pool's id and its client's id."""
    session: Any = boto3.Session("local", "local", region_name=REGION)
    cognito = session.client("cognito-idp", endpoint_url=cognito_url)
    policy = {
        "MinimumLength": 12, "RequireLowercase": True, "RequireUppercase": True, "RequireNumbers": True,
        "RequireSymbols": True,
    }  # fmt: skip
    made = cognito.create_user_pool(
        PoolName=str(uuid4()), UsernameAttributes=["email"], Policies={"PasswordPolicy": policy}
    )["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=made,
        ClientName="people",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
    )["UserPoolClient"]["ClientId"]
    for group in ("operator", "support"):
        cognito.create_group(UserPoolId=made, GroupName=group)
    return cognito, made, client


def settings_of(url: str, pool_id: str, client_id: str) -> SignInSettings:
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{pool_id}"
    environment = {
        "TOKEN_ISSUERS": json.dumps([{"issuer": issuer, "clientIds": [client_id]}]),
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "USER_POOL_ID": pool_id,
    }
    return SignInSettings.read(environment)


@pytest.fixture
def desk(world: World, cognito_url: str, pool: tuple[Any, str, str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    cognito, pool_id, client_id = pool
    monkeypatch.setenv("AWS_ENDPOINT_URL", cognito_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    settings = settings_of(cognito_url, pool_id, client_id)
    return Desk(world, cognito, pool_id, client_id, Directory(settings), Provider(settings), TokenVerifier(settings))


def subject_of(desk: Desk, email: str) -> UUID:
    found = desk.directory.find(email)
    assert found is not None
    return found.subject

"""Every REST service in this process, each made by its own composition root, as one WSGI application.

What a pod would tell its service stands in the environment. Threads that work without being asked do not run.
"""

import importlib
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from urllib.request import urlopen

import boto3
from flask import Flask

from local.machine.postgres import Postgres
from services.common import telemetry
from services.common.api.webserver import WebServer
from services.common.database import Database
from services.registry import (
    QUEUES,
    RESOURCE_SERVER,
    SCOPES,
    SERVICES,
    Scope,
    Service,
    dead_letter_variable,
    queue_variable,
)
from tests.integration.conftest import BUCKET, REGION, Aws
from tests.support import postgres
from tests.support.ccp import Simulator
from tests.support.issuer import CLIENT, JWKS_PATH, SERVICE_CLIENT, TestIssuer

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

ISSUER = "https://issuer.example"
AUDIENCE = "cloud-sales"
SHOWN = tuple(service for service in SERVICES if service.routes)


@dataclass
class Mall:
    """The services by name, as one application: requests go where the gateway would send them."""

    apps: Mapping[str, Flask]
    environment: Mapping[str, str]
    issuer: TestIssuer
    simulator: Simulator
    services: "ServiceClient"
    _routes: list[tuple[str, Flask]] = field(init=False)

    def __post_init__(self) -> None:
        prefixes = {(route.path.partition("/{")[0], service.name) for service in SHOWN for route in service.routes}
        self._routes = [(prefix, self.apps[name]) for prefix, name in sorted(prefixes, key=lambda one: -len(one[0]))]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        for prefix, app in self._routes:
            if path == prefix or path.startswith(f"{prefix.rstrip('/')}/"):
                return app.wsgi_app(environ, start_response)
        raise LookupError(f"no service has {path}")

    def token(self, **claims: Any) -> str:
        """A person's token; `client_id` makes it another client's."""
        return self.issuer.token(**{"iss": ISSUER, "aud": AUDIENCE, "token_use": None, **claims})


@dataclass(frozen=True)
class ServiceClient:
    """A client of the user pool that gets tokens for itself."""

    cognito_url: str
    client_id: str
    secret: str

    def token(self, *scopes: Scope) -> str:
        """What the pool grants for the client's credentials; without scopes, all that the client may have."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        if scopes:
            form["scope"] = " ".join(scope.full for scope in scopes)
        with urlopen(f"{self.cognito_url}/oauth2/token", urlencode(form).encode()) as answer:
            return str(json.load(answer)["access_token"])


@contextmanager
def opened(server: Postgres, aws: Aws, simulator: Simulator, issuer: TestIssuer, cognito_url: str) -> Iterator[Mall]:
    """The mall over that server, that CCP and that Cognito, and the rest of AWS in this process."""
    people, services = _people(issuer, cognito_url)
    environment = _environment(server, aws, simulator, issuer) | people
    databases: list[Database] = []
    connect = Database.__init__

    def remembered(self: Database, *given: Any, **options: Any) -> None:
        databases.append(self)
        connect(self, *given, **options)

    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, environment))
        stack.enter_context(patch.object(telemetry, "configure"))
        stack.enter_context(patch.object(Database, "__init__", remembered))
        stack.enter_context(patch.object(threading.Thread, "start", _start_unless_ours))
        apps = {service.name: _app(service) for service in SHOWN}
    try:
        yield Mall(apps, environment, issuer, simulator, services)
    finally:
        for database in databases:
            database.close()


def _app(service: Service) -> Flask:
    built: list[Flask] = []
    with (
        patch.dict(os.environ, {"SERVICE_NAME": service.name}),
        patch.object(WebServer, "run", lambda self: built.append(self.load())),
    ):
        importlib.import_module(f"services.{service.name}.web").main()
    [app] = built
    return app


_start = threading.Thread.start


def _start_unless_ours(thread: threading.Thread) -> None:
    target = getattr(thread, "_target", None)
    if not getattr(target, "__module__", "").startswith("services."):
        _start(thread)


def _environment(server: Postgres, aws: Aws, simulator: Simulator, issuer: TestIssuer) -> dict[str, str]:
    kms: Any = boto3.client("kms", region_name=REGION)
    sqs: Any = boto3.client("sqs", region_name=REGION)
    dead = {entry: sqs.create_queue(QueueName=f"{entry.name}-dlq")["QueueUrl"] for entry in QUEUES}
    settings = postgres.settings_of(server)
    return {
        "REGION_NAME": "eu",
        "AWS_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "POD_IP": "127.0.0.1",
        "PORT": "8080",
        **{name.upper(): str(value) for name, value in settings.model_dump().items()},
        "TENANT_REQUESTS_PER_MINUTE": "1000000000",
        "CCP_URL": simulator.url,
        "SECRETS_KEY_ARN": kms.create_key()["KeyMetadata"]["Arn"],
        "PAYLOAD_BUCKET": BUCKET,
        "PAYLOAD_EXPIRY_DAYS": "30",
        "HANDOVER_RECIPIENT": "operations@cloud-sales.example",
        **{queue_variable(entry): aws.urls[entry.name] for entry in QUEUES},
        **{dead_letter_variable(entry): url for entry, url in dead.items()},
    }


def _people(issuer: TestIssuer, cognito_url: str) -> tuple[dict[str, str], ServiceClient]:
    """A user pool to sign in at, for people and for services, and the issuer whose tokens the tests make."""
    cognito: Any = boto3.client("cognito-idp", region_name=REGION, endpoint_url=cognito_url)
    pool = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="people",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
    )["UserPoolClient"]["ClientId"]
    services = _services(cognito, cognito_url, pool)
    people = {
        "issuer": f"https://cognito-idp.{REGION}.amazonaws.com/{pool}",
        "clientIds": [client],
        "serviceClientIds": [services.client_id],
        "jwksUrl": f"{cognito_url}/{pool}/.well-known/jwks.json",
    }
    tests = {
        "issuer": ISSUER,
        "clientIds": [CLIENT],
        "serviceClientIds": [SERVICE_CLIENT],
        "audience": AUDIENCE,
        "jwksUrl": issuer.url + JWKS_PATH,
    }
    environment = {
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": cognito_url,
        "USER_POOL_ID": pool,
        "TOKEN_ISSUERS": json.dumps([people, tests]),
    }
    return environment, services


def _services(cognito: Any, cognito_url: str, pool: str) -> ServiceClient:
    scopes = [{"ScopeName": scope.value, "ScopeDescription": about} for scope, about in SCOPES.items()]
    cognito.create_resource_server(UserPoolId=pool, Identifier=RESOURCE_SERVER, Name=RESOURCE_SERVER, Scopes=scopes)
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="services",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=[scope.full for scope in Scope],
    )["UserPoolClient"]
    return ServiceClient(cognito_url, client["ClientId"], client["ClientSecret"])

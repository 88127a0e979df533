"""An operator at work, with the whole pipeline turned by hand."""

import json
from typing import Any
from uuid import UUID, uuid4

import boto3
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.common.api import Gate
from services.common.api.quota import Quota
from services.common.database import Database
from services.common.errors import Park, Unauthorized
from services.common.pipeline.payloads import PayloadStore
from services.common.tokens import Principal, TokenVerifier
from services.orchestrator.api import OPERATIONS
from services.orchestrator.queues import DeadLetters
from services.orchestrator.web import create_app
from services.registry import QUEUES, Caller
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.support.conformance import conforming
from tests.support.pipeline import Pipeline

OPERATOR = uuid4()


class Verifier(TokenVerifier):
    """Accepts `Bearer <subject> <group>*`; tokens have tests of their own."""

    def __init__(self) -> None:
        pass

    def verify(self, authorization: str | None) -> Principal:
        if not authorization:
            raise Unauthorized("no token")
        subject, *groups = authorization.removeprefix("Bearer ").split()
        return Principal(UUID(subject), frozenset(groups))


class Desk:
    """An operator at work, with the whole pipeline turned by hand."""

    def __init__(self, world: World, aws: Aws) -> None:
        self.world, self.aws, self.pipeline = world, aws, Pipeline(world, aws)
        sqs = boto3.client("sqs", region_name=REGION)
        self.dead = {entry.name: sqs.create_queue(QueueName=f"{entry.name}-dlq")["QueueUrl"] for entry in QUEUES}
        self.client: FlaskClient = self.app(world.database)

    def app(self, database: Database) -> FlaskClient:
        letters = self.letters()
        gate = Gate(database, Verifier(), Quota(1_000_000))
        app = create_app(gate, PayloadStore(BUCKET, REGION), letters, 30)
        app.test_client_class = conforming(OPERATIONS)
        return app.test_client()

    def get(self, path: str, **query: str) -> Any:
        answer = self.client.get(f"/operations{path}", query_string=query, headers=headers())
        assert answer.status_code == 200, answer.data
        return answer.json

    def told(self, path: str, **body: Any) -> Any:
        """What a dry run answers."""
        answer = self.post(path, **body)
        assert answer.status_code == 200, answer.data
        return answer.json

    def post(self, path: str, key: str | None = None, **body: object) -> TestResponse:
        given = headers() | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"/operations{path}", json=body, headers=given)

    def do(self, path: str, key: str | None = None, **body: object) -> Any:
        answer = self.post(path, key, dryRun=False, reason="fixed", **body)
        assert answer.status_code == 200, answer.data
        return answer.json

    def park(self, reason: str = "not today") -> str:
        """An order that is parked at its mail."""
        order_id = self.order()
        for queue in ("invoice", "document"):
            self.pipeline.relay()
            self.pipeline.take(queue)
        self.pipeline.relay()
        self.pipeline.outbound.script = Park(reason)
        self.pipeline.take("email")
        self.pipeline.outbound.script = None
        assert self.pipeline.state() == "PARKED"
        return order_id

    def order(self) -> str:
        return self.pipeline.shop.order().headers["Location"].rpartition("/")[2]

    def give_up(self) -> str:
        """An order whose first payload nobody has consumed."""
        order_id = self.order()
        self.pipeline.relay()
        self.world.admin.execute("UPDATE outbox SET attempts = 8, due_at = now()")
        self.pipeline.relay()
        assert self.pipeline.state() == "PARKED"
        return order_id

    def finish(self) -> None:
        """Turns the pipeline until the mail is out."""
        self.pipeline.relay()
        self.pipeline.take("email")

    def message(self, queue: str) -> str:
        """The hand-over message of the first payload that leads to the queue."""
        return json.dumps({"path": self.path(queue)})

    def audited(self) -> list[tuple[object, ...]]:
        return list(self.world.admin.execute("SELECT action, effect, dry_run, reason FROM operator_action ORDER BY id"))

    def path(self, queue: str) -> str:
        return str(self.world.value("SELECT path FROM outbox WHERE queue = %s ORDER BY id LIMIT 1", queue))

    def bury(self, queue: str, *bodies: str) -> None:
        sqs = boto3.client("sqs", region_name=REGION)
        for body in bodies:
            sqs.send_message(QueueUrl=self.dead[queue], MessageBody=body)

    def buried(self, queue: str) -> int:
        return self.letters().depth(queue)

    def letters(self) -> DeadLetters:
        return DeadLetters(self.dead, {"mail-events": self.aws.urls["mail-events"]}, REGION)


def headers(*, group: str = Caller.OPERATOR) -> dict[str, str]:
    return {"Authorization": f"Bearer {OPERATOR} {group}"}


def lose(key: str) -> None:
    boto3.client("s3", region_name=REGION).delete_object(Bucket=BUCKET, Key=key)


def spoil(key: str) -> None:
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key=key, Body=b"spoilt")

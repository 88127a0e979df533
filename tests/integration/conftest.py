"""A real PostgreSQL with the product's schema, emptied before each test, and AWS in process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid4

import boto3
import botocore.session
import psycopg
import pytest
from botocore.loaders import create_loader
from moto import mock_aws

from local.access.emulated import OPERATOR
from local.machine.postgres import OWNER, Postgres
from local.seed import CatalogueItem, DemoCustomer, customers, write_rows
from services.common.database import Database
from services.common.pipeline.payloads import PayloadStore
from services.database import schema
from services.registry import QUEUES
from tests.support import postgres

REGION: Literal["eu-west-1"] = "eu-west-1"
BUCKET = "payloads"
MODELS = create_loader()
"""The SDK's service models, read once: each session of its own would parse megabytes of JSON for every test."""
PRODUCT = CatalogueItem(
    UUID("7d0f3f0e-6d0f-5f3e-9a2f-0d6d1e1f5a11"), "Nimbus Office", "Mail and files", Decimal("10"), "EUR"
)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres.running() as running:
        schema.upgrade(postgres.settings_of(running, owner=True))
        yield running


@dataclass
class World:
    """The demo's rows and who is who in them."""

    database: Database
    admin: psycopg.Connection[tuple[object, ...]]
    customers: tuple[DemoCustomer, ...]
    subjects: dict[str, UUID]

    def customer(self, key: str) -> DemoCustomer:
        return next(customer for customer in self.customers if customer.key == key)

    def subject(self, key: str) -> UUID:
        return self.subjects[self.customer(key).email]

    def value(self, query: str, *parameters: object) -> object:
        row = self.admin.execute(query, parameters).fetchone()
        return None if row is None else row[0]


@pytest.fixture
def world(server: Postgres) -> Iterator[World]:
    with server.connect(OWNER) as admin:
        tables = admin.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'writer_epoch')"
        ).fetchone()
        assert tables is not None
        admin.execute(f"TRUNCATE {tables[0]}".encode())
        subjects = {customer.email: uuid4() for customer in customers()}
        write_rows(admin, [PRODUCT], subjects)
        database = Database(postgres.settings_of(server), size=4)
        try:
            yield World(database, admin, customers(), subjects)
        finally:
            database.close()


@dataclass
class Aws:
    """The region's bucket and queues in the fake."""

    payloads: PayloadStore
    urls: dict[str, str]

    def waiting(self, queue: str) -> int:
        answer = boto3.client("sqs", region_name=REGION).get_queue_attributes(
            QueueUrl=self.urls[queue],
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )
        return sum(int(count) for count in answer["Attributes"].values())


@contextmanager
def fake_aws() -> Iterator[Aws]:
    """A region in process, with a bucket and queues; credentials are for the caller to set."""
    with mock_aws():
        session = botocore.session.get_session()
        session.register_component("data_loader", MODELS)
        # Who may do everything, should a test stand an emulator beside that asks for rights.
        session.set_credentials(OPERATOR, OPERATOR)
        boto3.setup_default_session(botocore_session=session)
        yield region_of("")


def region_of(prefix: str) -> Aws:
    """A bucket and a set of queues of their own, whose names begin so."""
    boto3.client("s3", region_name=REGION).create_bucket(
        Bucket=prefix + BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    sqs = boto3.client("sqs", region_name=REGION)
    urls = {queue.name: sqs.create_queue(QueueName=prefix + queue.name)["QueueUrl"] for queue in QUEUES}
    return Aws(PayloadStore(prefix + BUCKET, REGION), urls)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OPERATOR)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", OPERATOR)
    with fake_aws() as region:
        yield region

"""Customers who look their invoices up, over documents that the whole pipeline has made."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.common.api import Gate
from services.common.api.quota import Quota
from services.common.database import Database
from services.common.pipeline.queues import Message
from services.email.events import EventRecorder
from services.invoice.crediting import issue
from services.invoices.api import OPERATIONS
from services.invoices.documents import Documents
from services.invoices.web import build
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.support.conformance import conforming
from tests.support.credit_requests import wish
from tests.support.desk import Verifier
from tests.support.pipeline import Pipeline


class Lookup:
    """Invoice Lookup as one person of a customer's uses it, and the pipeline behind it."""

    def __init__(self, world: World, pipeline: Pipeline) -> None:
        self.world, self.pipeline = world, pipeline
        self.client = self.app(world.database)

    def app(self, database: Database) -> FlaskClient:
        app = build(Gate(database, Verifier(), Quota(1_000_000)), Documents(BUCKET, REGION))
        app.test_client_class = conforming(OPERATIONS)
        return app.test_client()

    def ask(self, path: str, *, who: str = "liffey", **query: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.world.subject(who)}"}
        return self.client.get(f"/invoices{path}", query_string=query, headers=headers)

    def get(self, path: str, *, who: str = "liffey", **query: str) -> Any:
        answer = self.ask(path, who=who, **query)
        assert answer.status_code == 200, answer.data
        return answer.json

    def resend(
        self, invoice: str, *, who: str = "liffey", key: str | None = None, client: FlaskClient | None = None
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.world.subject(who)}"} | ({"Idempotency-Key": key} if key else {})
        return (client or self.client).post(f"/invoices/{invoice}/resend", headers=headers)

    def order(self, who: str = "liffey") -> None:
        """An order that has gone all the way."""
        body = self.pipeline.shop.body(subscriptionId=str(self.world.customer(who).subscription_id))
        assert self.pipeline.shop.order(body, who=who).status_code == 201
        self.turn("invoice", "document", "email")

    def credit(self, quantity: int, number: str = "EU-000001") -> None:
        """A credit note over so many pieces, that has gone all the way."""
        with self.world.database.transaction() as connection:
            issue(connection, wish(self.world, {1: quantity}, number))
        self.turn("document", "email")

    def turn(self, *queues: str) -> None:
        for queue in queues:
            self.pipeline.relay()
            self.pipeline.take(queue)

    def record(self, event: Message) -> None:
        """What SES has told of a mail."""
        EventRecorder(self.world.database).take(event)

    def invoice(self, number: str = "EU-000001") -> str:
        return str(self.world.value("SELECT id FROM invoice WHERE invoice_number = %s", number))

    def issued(self, number: str, day: str) -> None:
        """As if the document had been issued on that day."""
        query = "UPDATE invoice SET issued_on = %(day)s, generated_at = %(day)s::date + interval '9 hours'"
        self.world.admin.execute(f"{query} WHERE invoice_number = %(number)s", {"day": day, "number": number})


@pytest.fixture
def lookup(world: World, aws: Aws) -> Lookup:
    return Lookup(world, Pipeline(world, aws))


@pytest.fixture
def copies(world: World) -> Callable[[int], None]:
    """Makes that many further invoices of the first one, a minute apart."""

    def made(number: int) -> None:
        world.admin.execute(
            """
            INSERT INTO invoice (order_id, customer_id, revision, series, number, invoice_number, generated_at,
                subscription_item_id, amount, currency, net, issued_on)
            SELECT v.order_id, v.customer_id, 1 + n, v.series, 100 + n, v.series || '-' || 100 + n,
                v.generated_at - n * interval '1 minute', v.subscription_item_id, v.amount, v.currency, v.net,
                v.issued_on
            FROM invoice v, generate_series(1, %s) AS n WHERE v.invoice_number = 'EU-000001'
            """,
            (number,),
        )

    return made


def ids(answer: Any) -> list[UUID]:
    return [UUID(entry["id"]) for entry in answer["invoices"]]

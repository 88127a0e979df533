"""A document printed again is the one that was printed: same bytes, same rate, one mail."""

import hashlib
import json
from dataclasses import replace
from decimal import Decimal

import boto3
import pytest

from services.common.errors import Poison
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.queues import Message
from services.document.handlers import DocumentHandler
from services.document.rendering import Printed, Renderer
from services.manifests.document import Document
from services.manifests.versions import STEPS, PayloadType
from tests.integration.conftest import BUCKET, REGION
from tests.support.numbers import credit, keys, mail_stage
from tests.support.pipeline import Pipeline


def test_a_document_that_prints_otherwise_than_before_goes_nowhere(pipeline: Pipeline) -> None:
    pipeline.run()
    credit(pipeline, 1)
    mail_stage(pipeline)
    world = pipeline.world
    before = keys("")
    world.admin.execute("UPDATE inbox SET finished_at = NULL, lease_until = now() WHERE consumer = 'document'")
    world.admin.execute("UPDATE outbox SET consumed_at = NULL WHERE queue = 'document'")

    class Retouched(Renderer):
        def render(self, document: Document) -> Printed:
            printed = super().render(document)
            return replace(printed, pdf=printed.pdf + b"% another release")

    handler = DocumentHandler(world.database, pipeline.aws.payloads, Retouched())
    consumer = Consumer("document", world.database, pipeline.aws.payloads, handler)
    for path in world.admin.execute("SELECT path FROM outbox WHERE queue = 'document'").fetchall():
        consumer.take(Message(json.dumps({"path": path[0]}), "receipt", 1))
    assert keys("") == before
    assert world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 2
    assert world.value("SELECT count(*) FROM order_event WHERE stage = 'STOPPED' AND detail LIKE %s", "%sha256%") == 2
    assert pipeline.state() == "EMAILED"


def test_a_lost_pdf_comes_back_without_a_second_mail(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.run()
    credit(pipeline, 1)
    mail_stage(pipeline)
    world = pipeline.world
    pdfs = [key for key in keys("") if key.endswith(".pdf")]
    for key in pdfs:
        boto3.client("s3", region_name=REGION).delete_object(Bucket=BUCKET, Key=key)
    world.admin.execute("UPDATE inbox SET finished_at = NULL, lease_until = now() WHERE consumer = 'document'")
    # Not even if the mail is worded otherwise by now.
    monkeypatch.setattr("services.document.notice.long_date", lambda day: day.isoformat())
    for path in world.admin.execute("SELECT path FROM outbox WHERE queue = 'document'").fetchall():
        pipeline.consumers["document"].take(Message(json.dumps({"path": path[0]}), "receipt", 1))
    assert [key for key in keys("") if key.endswith(".pdf")] == pdfs
    assert world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 2
    assert world.value("SELECT array_agg(DISTINCT outcome) FROM inbox") == ["done"]


@pytest.mark.parametrize(
    ("sold_at", "rate"), [("2021-02-28T23:59:59Z", 21), ("2021-03-01T00:00:00Z", 23), ("2021-03-01T00:00:01Z", 23)]
)
def test_the_rate_is_the_one_of_the_sales_day_and_stays_on_the_line(
    pipeline: Pipeline, sold_at: str, rate: int
) -> None:
    world = pipeline.world
    pipeline.shop.order()
    body = json.loads(str(world.value("SELECT body FROM outbox"))) | {"timestamp": sold_at}
    text = json.dumps(body)
    world.admin.execute(
        "UPDATE outbox SET body = %s, sha256 = %s, length = %s",
        (text, hashlib.sha256(text.encode()).hexdigest(), len(text)),
    )
    pipeline.relay()
    pipeline.take("invoice")
    assert world.value("SELECT vat FROM invoice_line") == rate
    document = json.loads(str(world.value("SELECT body FROM outbox WHERE queue = 'document'")))["payload"]
    assert (document["lines"][0]["vatRate"], document["suppliedOn"]) == (str(rate), sold_at[:10])


def test_a_replay_decides_nothing_again(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither price nor party nor rate: what was invoiced is what is printed, whatever has changed since."""
    pipeline.run()
    world = pipeline.world
    before = (keys(""), world.admin.execute("SELECT path, sha256 FROM outbox ORDER BY id").fetchall())
    world.admin.execute("UPDATE sales_product SET sales_price = 99")
    world.admin.execute("UPDATE sales_order SET sales_price = 99")
    world.admin.execute("UPDATE customer SET company_name = 'Renamed', country = 'US', vat_id = NULL")
    monkeypatch.setattr("services.common.tax.supplies.standard_rate", lambda *_: Decimal(99))
    world.admin.execute("UPDATE inbox SET finished_at = NULL, lease_until = now()")
    for queue in ("invoice", "document", "email"):
        pipeline.take(queue)
    assert (keys(""), world.admin.execute("SELECT path, sha256 FROM outbox ORDER BY id").fetchall()) == before
    assert len(pipeline.outbound.accepted) == 1
    assert world.value("SELECT count(*) FROM invoice") == 1


def test_what_this_release_cannot_read_waits_for_the_one_that_can(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.shop.order()
    pipeline.relay()
    with monkeypatch.context() as older:
        older.setattr("services.manifests.versions.STEPS", {**STEPS, PayloadType.ORDER: ()})
        with pytest.raises(Poison, match="version 2, and this release knows version 1 and older"):
            pipeline.take("invoice")
    assert pipeline.world.value("SELECT count(*) FROM invoice") == 0
    pipeline.take("invoice")
    assert pipeline.state() == "INVOICED"

"""Numbers that are nobody else's: each has its witness in S3 before its document leaves."""

import re
from pathlib import Path
from uuid import UUID, uuid4

import boto3
import pytest
from botocore.exceptions import ClientError

from services.common.errors import Unavailable
from services.common.pipeline.payloads import PayloadStore
from services.document.handlers import DocumentHandler
from services.document.rendering import Renderer
from services.invoice import numbering
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.support.desk import Desk
from tests.support.numbers import held, invoiced, keys
from tests.support.pipeline import Pipeline

DECISION = Path(__file__).parents[3] / "docs" / "decisions" / "0009-a-number-has-a-witness-outside-the-database.md"


def test_a_number_has_its_witness_before_its_mail_exists(pipeline: Pipeline) -> None:
    invoiced(pipeline)
    assert keys() == []
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 0
    pipeline.take("document")
    assert keys() == ["numbers/EU/1"]
    assert held("numbers/EU/1") == str(pipeline.world.value("SELECT id FROM sales_order"))
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 1


def test_without_a_witness_there_is_neither_pdf_nor_mail(pipeline: Pipeline) -> None:
    class Down(PayloadStore):
        def claim(self, key: str, holder: str) -> str:
            raise Unavailable("S3 is down")

    invoiced(pipeline)
    pipeline.consumers["document"]._handle = DocumentHandler(pipeline.world.database, Down(BUCKET, REGION), Renderer())
    with pytest.raises(Unavailable):
        pipeline.take("document")
    assert pipeline.state() == "INVOICED"
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 0
    assert not any(key.endswith(".pdf") for key in keys(""))


def test_its_own_witness_of_an_earlier_try_is_no_obstacle(pipeline: Pipeline) -> None:
    invoiced(pipeline)
    own = str(pipeline.world.value("SELECT id FROM sales_order"))
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key="numbers/EU/1", Body=own.encode())
    pipeline.take("document")
    assert pipeline.state() == "DOCUMENTED"


def test_a_number_in_other_hands_raises_the_alarm_and_parks(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    invoiced(pipeline)
    other = str(uuid4())
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key="numbers/EU/1", Body=other.encode())
    pipeline.take("document")
    assert pipeline.state() == "PARKED"
    assert "EU-000001 was given to another order before" in pipeline.reason()
    assert other not in pipeline.reason()
    assert held("numbers/EU/1") == other
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 0
    assert [record.levelname for record in caplog.records if record.message == "one number for two orders"] == [
        "CRITICAL"
    ]


def test_an_order_is_numbered_again_as_the_decision_says(world: World, aws: Aws) -> None:
    desk = Desk(world, aws)
    invoiced(desk.pipeline)
    order_id = str(world.value("SELECT id FROM sales_order"))
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key="numbers/EU/1", Body=str(uuid4()).encode())
    desk.pipeline.take("document")
    assert desk.pipeline.state() == "PARKED"
    [script] = re.findall(r"```sql\n(.*?)\n```", DECISION.read_text(encoding="utf-8"), re.DOTALL)
    with world.admin.transaction():
        for statement in script.replace("the-order", order_id).split(";"):
            if statement.strip():
                world.admin.execute(statement.encode())
    desk.do(f"/orders/{order_id}/restart", stage="invoice")
    for queue in ("invoice", "document", "email"):
        desk.pipeline.relay()
        desk.pipeline.take(queue)
    assert desk.pipeline.state() == "EMAILED"
    assert world.value("SELECT array_agg(invoice_number) FROM invoice") == ["EV-000001"]
    assert [str(mail["Subject"])[:17] for mail, _, _ in desk.pipeline.outbound.accepted] == ["Invoice EV-000001"]
    assert held("numbers/EV/1") == order_id


def test_a_witness_is_written_once_whoever_comes_first(aws: Aws) -> None:
    # One after another: that of two at once one is first is S3's own promise, which its fake does not keep.
    found = {aws.payloads.claim("numbers/EU/7", f"order {who}") for who in range(8)}
    assert found == {held("numbers/EU/7")} == {"order 0"}


def test_an_unreadable_witness_is_no_success(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aws.payloads.claim("numbers/EU/8", "mine") == "mine"

    def refused(**_: object) -> None:
        raise ClientError({"Error": {"Code": "InternalError"}}, "GetObject")

    monkeypatch.setattr(aws.payloads._s3, "get_object", refused)
    with pytest.raises(Unavailable):
        aws.payloads.claim("numbers/EU/8", "theirs")


def test_a_payload_with_another_orders_number_is_parked(pipeline: Pipeline) -> None:
    invoiced(pipeline)
    pipeline.world.admin.execute("UPDATE invoice SET invoice_number = 'EU-000009', number = 9")
    pipeline.take("document")
    assert pipeline.state() == "PARKED"
    assert "bears the number EU-000001, which this order has not" in pipeline.reason()
    assert keys() == []


def test_a_later_number_has_no_earlier_day(pipeline: Pipeline) -> None:
    """Two writers around midnight: the one whose transaction began first gets its number last."""
    entity = UUID(str(pipeline.world.value("SELECT id FROM legal_entity WHERE invoice_series = 'EU'")))
    database = pipeline.world.database
    with database.transaction() as early:
        early.execute("SELECT now()")
        with database.transaction() as late:
            first = numbering.draw(late, "EU", entity)
        second = numbering.draw(early, "EU", entity)
    assert (first.value, second.value) == (1, 2)
    assert first.drawn_at <= second.drawn_at


def test_a_waiting_writer_gives_up_soon_and_takes_no_number(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    pipeline.relay()
    entity = UUID(str(pipeline.world.value("SELECT id FROM legal_entity WHERE invoice_series = 'EU'")))
    with pipeline.world.database.transaction() as holder:
        numbering.draw(holder, "EU", entity)
        with pytest.raises(Unavailable):
            pipeline.take("invoice")
        assert pipeline.state() == "CONFIRMED"
        holder.execute("ROLLBACK")
    pipeline.take("invoice")
    assert pipeline.world.value("SELECT array_agg(number) FROM invoice") == [1]

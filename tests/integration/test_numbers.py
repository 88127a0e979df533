"""Numbers that are nobody else's: witnesses in S3, and credit notes counted in series of their own."""

import hashlib
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import boto3
import psycopg
import pytest
from botocore.exceptions import ClientError

from services.common.errors import Poison, Unavailable
from services.common.pipeline.consumer import Consumer
from services.common.pipeline.payloads import PayloadStore
from services.common.pipeline.queues import Message
from services.document.handlers import DocumentHandler
from services.document.rendering import Printed, Renderer
from services.invoice import numbering
from services.invoice.credit import CreditRefused
from services.invoice.crediting import issue
from services.invoice.numbering import InvoiceKind
from services.manifests.document import Document
from services.manifests.versions import STEPS, PayloadType
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.integration.desk import Desk
from tests.integration.test_pipeline import Pipeline
from tests.support.credit_requests import hand_over, wish

DECISION = Path(__file__).parents[2] / "docs" / "decisions" / "0009-a-number-has-a-witness-outside-the-database.md"


@pytest.fixture
def pipeline(world: World, aws: Aws) -> Pipeline:
    return Pipeline(world, aws)


def keys(prefix: str = "numbers/") -> list[str]:
    listed = boto3.client("s3", region_name=REGION).list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def held(key: str) -> str:
    return boto3.client("s3", region_name=REGION).get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


def invoiced(pipeline: Pipeline) -> None:
    pipeline.shop.order()
    pipeline.relay()
    pipeline.take("invoice")
    pipeline.relay()


def credit(pipeline: Pipeline, quantity: int | None = None, request_id: UUID | None = None) -> str:
    quantities = None if quantity is None else {1: quantity}
    request = wish(pipeline.world, quantities, request_id=request_id or uuid4())
    with pipeline.world.database.transaction() as connection:
        return issue(connection, request)


def mail_stage(pipeline: Pipeline) -> None:
    for queue in ("document", "email"):
        pipeline.relay()
        pipeline.take(queue)


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
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda who: aws.payloads.claim("numbers/EU/7", f"order {who}"), range(24)))
    assert set(found) == {held("numbers/EU/7")}


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


def test_a_credit_note_is_numbered_printed_and_mailed_in_its_own_series(pipeline: Pipeline) -> None:
    address = pipeline.run()
    assert credit(pipeline, 1) == "EUC-000001"
    mail_stage(pipeline)
    message, _, _ = pipeline.outbound.accepted[-1]
    assert message["Subject"].startswith("Credit note EUC-000001 from")
    assert [file.get_filename() for file in message.iter_attachments()] == ["credit-note-EUC-000001.pdf"]
    row = pipeline.world.admin.execute(
        "SELECT n.amount::text, i.amount::text, n.revision, l.quantity, l.sales_price > 0 FROM invoice n"
        " JOIN invoice i ON i.id = n.corrects_id JOIN invoice_line l ON l.invoice_id = n.id"
    ).fetchone()
    assert row == ("14.5100", "29.0300", 2, 1, True)
    order = pipeline.world.value("SELECT id FROM sales_order")
    request = pipeline.world.value("SELECT request_id FROM invoice WHERE kind = 'CREDIT_NOTE'")
    assert held("numbers/EUC/1") == f"{order} {request}"
    shown = pipeline.shop.get(address).json
    assert shown is not None
    assert (shown["state"], shown["invoiceNumber"]) == ("EMAILED", "EU-000001")
    assert shown["stages"][-1]["stage"] == "CREDITED"


def test_invoices_and_credit_notes_count_apart(pipeline: Pipeline) -> None:
    pipeline.run()
    credit(pipeline, 1)
    pipeline.run()
    credit(pipeline, 1)
    assert pipeline.world.admin.execute(
        "SELECT series, kind, array_agg(number ORDER BY number) FROM invoice GROUP BY 1, 2 ORDER BY 1"
    ).fetchall() == [("EU", "INVOICE", [1, 2]), ("EUC", "CREDIT_NOTE", [1, 2])]


def test_the_same_request_gives_the_same_credit_note(pipeline: Pipeline) -> None:
    pipeline.run()
    request = uuid4()
    assert [credit(pipeline, 1, request) for _ in range(3)] == ["EUC-000001"] * 3
    assert pipeline.world.value("SELECT count(*) FROM invoice WHERE kind = 'CREDIT_NOTE'") == 1
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE queue = 'document'") == 2
    pipeline.run()
    with (
        pytest.raises(CreditRefused, match="something else before"),
        pipeline.world.database.transaction() as connection,
    ):
        issue(connection, wish(pipeline.world, {1: 1}, "EU-000002", request_id=request))


@pytest.mark.parametrize(
    ("first", "then", "same"),
    [
        ({1: 1}, {1: 1}, True),
        ({1: 1}, {1: 2}, False),
        ({1: 1}, None, False),
        (None, None, True),
        (None, {1: 2}, True),
        (None, {1: 1}, False),
    ],
)
def test_a_request_id_stands_for_one_wish(
    pipeline: Pipeline, first: dict[int, int] | None, then: dict[int, int] | None, same: bool
) -> None:
    pipeline.run()
    request, world = uuid4(), pipeline.world

    def ask(quantities: dict[int, int] | None, reason: str = "Cancelled") -> str:
        with world.database.transaction() as connection:
            return issue(connection, wish(world, quantities, reason=reason, request_id=request))

    ask(first)
    if same:
        assert ask(then) == "EUC-000001"
    else:
        with pytest.raises(CreditRefused, match="asked for something else before"):
            ask(then)
    with pytest.raises(CreditRefused, match="asked for something else before"):
        ask(first, "Another reason")
    assert world.value("SELECT count(*) FROM invoice WHERE kind = 'CREDIT_NOTE'") == 1


def test_a_refusal_takes_no_number_even_if_the_caller_goes_on(pipeline: Pipeline) -> None:
    pipeline.run()
    with pipeline.world.database.transaction() as connection:
        for reason, quantities in (("Cancelled", {1: 3}), ("a\u202eb", {1: 1})):
            with pytest.raises(CreditRefused):
                issue(connection, wish(pipeline.world, quantities, reason=reason))
    assert pipeline.world.value("SELECT count(*) FROM invoice_series WHERE kind = 'CREDIT_NOTE'") == 0
    assert credit(pipeline) == "EUC-000001"
    with pytest.raises(CreditRefused, match="nothing of invoice EU-000001 is left"):
        credit(pipeline)


@pytest.mark.parametrize("number", ["EU-000002", "EUC-000001", "nonsense"])
def test_only_an_invoice_can_be_credited(pipeline: Pipeline, number: str) -> None:
    pipeline.run()
    credit(pipeline, 1)
    with pytest.raises(CreditRefused, match="there is no invoice"), pipeline.world.database.transaction() as connection:
        issue(connection, wish(pipeline.world, None, number))


def test_writers_at_once_leave_no_gap_and_take_back_no_piece_twice(pipeline: Pipeline) -> None:
    pieces, writers = 24, 8
    pipeline.shop.order(pipeline.shop.body(amount=pieces))
    pipeline.relay()
    pipeline.take("invoice")
    start, lock = threading.Barrier(writers), threading.Lock()
    model = wish(pipeline.world, {1: 1})
    issued: list[str] = []
    refused: list[str] = []

    def write(_: int) -> None:
        start.wait()
        for _turn in range(pieces // writers + 1):
            request = replace(model, request_id=uuid4())
            try:
                with pipeline.world.database.transaction() as connection:
                    number = issue(connection, request)
            except CreditRefused as fault:
                with lock:
                    refused.append(str(fault))
            else:
                with lock:
                    issued.append(number)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    assert (len(issued), len(refused)) == (pieces, writers)
    world = pipeline.world
    assert world.value("SELECT array_agg(number ORDER BY number) FROM invoice WHERE kind = 'CREDIT_NOTE'") == list(
        range(1, pieces + 1)
    )
    assert world.value("SELECT last_number FROM invoice_series WHERE series = 'EUC'") == pieces
    invoiced_amount, credited = (
        world.value("SELECT sum(amount) FROM invoice WHERE kind = %s", kind.value) for kind in InvoiceKind
    )
    assert invoiced_amount == credited


def test_a_credit_note_does_not_carry_an_unfinished_order_on(pipeline: Pipeline) -> None:
    def take(queue: str, revision: int) -> object:
        pipeline.relay()
        path = pipeline.world.value(
            "SELECT path FROM outbox WHERE queue = %s AND path LIKE %s", queue, f"%/{queue}/{revision}-%"
        )
        pipeline.consumers[queue].take(Message(json.dumps({"path": path}), "receipt", 1))
        return pipeline.state()

    invoiced(pipeline)
    credit(pipeline, 1)
    assert take("document", 2) == "INVOICED"
    assert take("document", 1) == "DOCUMENTED"
    assert take("email", 2) == "DOCUMENTED"
    assert take("email", 1) == "EMAILED"
    assert [mail["Subject"].split(" from ")[0] for mail, _, _ in pipeline.outbound.accepted] == [
        "Credit note EUC-000001",
        "Invoice EU-000001",
    ]


def test_a_series_counts_one_kind_of_one_legal_entity(pipeline: Pipeline) -> None:
    pipeline.run()
    world = pipeline.world
    rows = world.admin.execute("SELECT id::text FROM legal_entity ORDER BY invoice_series").fetchall()
    entities = [UUID(str(row[0])) for row in rows]
    for entity, kind in ((entities[0], InvoiceKind.INVOICE), (entities[1], InvoiceKind.CREDIT_NOTE)):
        with (
            pytest.raises(LookupError, match="another legal entity's or counts another kind"),
            world.database.transaction() as connection,
        ):
            numbering.draw(connection, "EU", entity, kind)
    with pytest.raises(psycopg.errors.CheckViolation):
        world.admin.execute("UPDATE legal_entity SET invoice_series = 'EUC' WHERE invoice_series = 'EU'")


def test_a_request_on_the_queue_becomes_one_credit_note_with_its_mail(pipeline: Pipeline) -> None:
    address = pipeline.run()
    hand_over(pipeline.world, wish(pipeline.world, {1: 1}))
    for queue in ("invoice", "document", "email"):
        pipeline.relay()
        pipeline.take(queue, times=3)
    assert [mail["Subject"].split(" from ")[0] for mail, _, _ in pipeline.outbound.accepted] == [
        "Invoice EU-000001",
        "Credit note EUC-000001",
    ]
    shown = pipeline.shop.get(address).json
    assert shown is not None
    assert (shown["state"], shown["stages"][-1]["stage"]) == ("EMAILED", "CREDITED")


def test_a_request_that_cannot_be_met_is_told_and_stops_nothing(pipeline: Pipeline) -> None:
    invoiced(pipeline)
    hand_over(pipeline.world, wish(pipeline.world, {1: 3}))
    pipeline.relay()
    pipeline.take("invoice")
    told = pipeline.world.value("SELECT detail FROM order_event WHERE stage = 'CREDIT_REFUSED'")
    assert told == "3 of line 1 of invoice EU-000001 cannot be credited: 2 are left"
    assert pipeline.state() == "INVOICED"
    assert pipeline.world.value("SELECT count(*) FROM invoice_series WHERE kind = 'CREDIT_NOTE'") == 0
    mail_stage(pipeline)
    assert pipeline.state() == "EMAILED"


def test_nobody_credits_an_invoice_in_the_name_of_another_order(pipeline: Pipeline) -> None:
    pipeline.run()
    pipeline.run()
    others = wish(pipeline.world, {1: 1}, "EU-000002").order_id
    with pytest.raises(CreditRefused, match="EU-000001 of this order"), pipeline.world.database.transaction() as own:
        issue(own, replace(wish(pipeline.world, {1: 1}), order_id=others))


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

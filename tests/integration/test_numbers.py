"""Numbers that are nobody else's: witnesses in S3, and credit notes counted in series of their own."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import boto3
import psycopg
import pytest
from botocore.exceptions import ClientError

from services.common.errors import Unavailable
from services.common.payloads import PayloadStore
from services.common.queues import Message
from services.document.handlers import DocumentHandler
from services.document.rendering import Renderer
from services.invoice import numbering
from services.invoice.credit import CreditRefused
from services.invoice.crediting import CreditRequest, issue
from services.invoice.numbering import InvoiceKind
from tests.integration.conftest import BUCKET, REGION, Aws, World
from tests.integration.test_pipeline import Pipeline


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
    request = CreditRequest(request_id or uuid4(), "EU-000001", "Licences cancelled", quantities)
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
    assert f"EU-000001 was given to order {other} before" in pipeline.reason()
    assert held("numbers/EU/1") == other
    assert pipeline.world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 0
    assert [record.levelname for record in caplog.records if record.message == "one number for two orders"] == [
        "CRITICAL"
    ]


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
    with pytest.raises(CreditRefused, match="another invoice"), pipeline.world.database.transaction() as connection:
        issue(connection, CreditRequest(request, "EU-000002", "Cancelled", {1: 1}))


def test_a_refusal_takes_no_number_even_if_the_caller_goes_on(pipeline: Pipeline) -> None:
    pipeline.run()
    with pipeline.world.database.transaction() as connection:
        for reason, quantities in (("Cancelled", {1: 3}), ("a\u202eb", {1: 1})):
            with pytest.raises(CreditRefused):
                issue(connection, CreditRequest(uuid4(), "EU-000001", reason, quantities))
    assert pipeline.world.value("SELECT count(*) FROM invoice_series WHERE kind = 'CREDIT_NOTE'") == 0
    assert credit(pipeline) == "EUC-000001"
    with pytest.raises(CreditRefused, match="nothing of invoice EU-000001 is left"):
        credit(pipeline)


@pytest.mark.parametrize("number", ["EU-000002", "EUC-000001", "nonsense"])
def test_only_an_invoice_can_be_credited(pipeline: Pipeline, number: str) -> None:
    pipeline.run()
    credit(pipeline, 1)
    with pytest.raises(CreditRefused, match="there is no invoice"), pipeline.world.database.transaction() as connection:
        issue(connection, CreditRequest(uuid4(), number, "Cancelled"))


def test_writers_at_once_leave_no_gap_and_take_back_no_piece_twice(pipeline: Pipeline) -> None:
    pieces, writers = 24, 8
    pipeline.shop.order(pipeline.shop.body(amount=pieces))
    pipeline.relay()
    pipeline.take("invoice")
    start, lock = threading.Barrier(writers), threading.Lock()
    issued: list[str] = []
    refused: list[str] = []

    def write(_: int) -> None:
        start.wait()
        for _turn in range(pieces // writers + 1):
            request = CreditRequest(uuid4(), "EU-000001", "Cancelled", {1: 1})
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

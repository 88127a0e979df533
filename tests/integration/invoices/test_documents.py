"""Customers fetch their documents by links that soon end, and have them printed again and mailed again."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import boto3
import pytest

from local.machine.postgres import Postgres
from services.common.database import Database
from services.common.errors import Park
from services.invoices.documents import LINK_SECONDS, Document, Documents
from services.invoices.resending import MAILS_A_DAY
from tests.integration.conftest import BUCKET, REGION, World
from tests.integration.invoices.conftest import Lookup
from tests.support.bounces import bounce, told
from tests.support.desk import lose, spoil
from tests.support.emulator import running_emulator
from tests.support.postgres import settings_of


def pdf_of(lookup: Lookup, number: str = "EU-000001") -> str:
    return str(lookup.world.value("SELECT document_path FROM invoice WHERE invoice_number = %s", number))


def kept(path: str) -> bytes:
    return boto3.client("s3", region_name=REGION).get_object(Bucket=BUCKET, Key=path)["Body"].read()


def test_a_link_leads_to_the_document_and_tells_its_hash(lookup: Lookup) -> None:
    lookup.order()
    answer = lookup.ask(f"/{lookup.invoice()}/document")
    assert answer.headers["Cache-Control"] == "no-store"
    shown = answer.json
    assert shown is not None
    assert f"{BUCKET}.s3.{REGION}.amazonaws.com/{pdf_of(lookup)}?" in shown["url"]
    assert f"X-Amz-Expires={LINK_SECONDS}&" in shown["url"]
    assert "AWS4-HMAC-SHA256" in shown["url"]
    assert "invoice-EU-000001.pdf" in shown["url"]
    assert shown["contentType"] == "application/pdf"
    assert shown["sha256"] == hashlib.sha256(kept(pdf_of(lookup))).hexdigest()


def test_a_link_opens_where_the_endpoint_is_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on one machine: the emulator checks the link's signature."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    boto3.setup_default_session()
    with running_emulator(tmp_path) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key="a/b.pdf", Body=b"%PDF", ContentType="binary/octet-stream")
        link = Documents(BUCKET, REGION).link(Document("a/b.pdf", "", "invoice-EU-000001.pdf", "application/pdf"))
        assert link.url.startswith(f"{url}/{BUCKET}/a/b.pdf?")
        with urlopen(link.url, timeout=10) as answer:
            assert answer.read() == b"%PDF"
            assert answer.headers["Content-Disposition"] == 'attachment; filename="invoice-EU-000001.pdf"'
            assert answer.headers["Content-Type"] == "application/pdf"
        with pytest.raises(HTTPError, match="403"):
            urlopen(link.url.replace("EU-000001", "EU-000002"), timeout=10)


def test_a_document_that_is_not_printed_yet_has_no_link(lookup: Lookup) -> None:
    lookup.pipeline.shop.order()
    lookup.turn("invoice")
    [shown] = lookup.get("")["invoices"]
    assert shown["formats"] == []
    answer = lookup.ask(f"/{shown['id']}/document")
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "5")
    assert answer.json["type"].endswith("document-not-ready")  # type: ignore[index]
    refused = lookup.resend(shown["id"])
    assert (refused.status_code, "not sent yet" in refused.text) == (409, True)
    lookup.turn("document")
    assert lookup.ask(f"/{shown['id']}/document").status_code == 200


@pytest.mark.parametrize("harm", [lose, spoil], ids=["lost", "spoilt"])
def test_a_document_that_s3_has_forgotten_is_printed_again_byte_for_byte(lookup: Lookup, harm: object) -> None:
    lookup.order()
    invoice, path = lookup.invoice(), pdf_of(lookup)
    before = kept(path)
    harm(path)  # type: ignore[operator]
    for _ in range(2):
        assert lookup.ask(f"/{invoice}/document").status_code == 409
    assert lookup.pipeline.relay() == 1
    lookup.pipeline.take("document")
    assert lookup.ask(f"/{invoice}/document").status_code == 200
    assert kept(path) == before
    assert lookup.pipeline.relay() == 0
    assert len(lookup.pipeline.outbound.accepted) == 1
    assert lookup.pipeline.state() == "EMAILED"


def test_a_document_whose_printing_was_given_up_is_tried_anew(lookup: Lookup) -> None:
    lookup.order()
    invoice, path = lookup.invoice(), pdf_of(lookup)
    lose(path)
    lookup.ask(f"/{invoice}/document")
    lookup.world.admin.execute("UPDATE outbox SET attempts = 8, due_at = 'infinity' WHERE queue = 'document'")
    assert lookup.pipeline.relay() == 0
    assert lookup.ask(f"/{invoice}/document").status_code == 409
    lookup.turn("document")
    assert lookup.ask(f"/{invoice}/document").status_code == 200


def test_xml_is_had_where_it_lies_beside_the_pdf(lookup: Lookup) -> None:
    lookup.order()
    lookup.order("siam")
    inside = lookup.ask(f"/{lookup.invoice()}/document", format="xml")
    assert (inside.status_code, "inside the PDF" in inside.text) == (404, True)
    beside = lookup.get(f"/{lookup.invoice('AP-000001')}/document", who="siam", format="xml")
    assert (beside["contentType"], "invoice-AP-000001.xml" in beside["url"]) == ("application/xml", True)
    [shown] = lookup.get("", who="siam")["invoices"]
    assert shown["formats"] == ["pdf", "xml"]


def test_a_mail_is_sent_again_to_the_company_s_present_address(lookup: Lookup, world: World) -> None:
    lookup.order()
    invoice = lookup.invoice()
    world.admin.execute("UPDATE customer SET email = 'books@liffey.example' WHERE country = 'IE'")
    answer = lookup.resend(invoice, key="again")
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/invoices/{invoice}")
    assert answer.json == {"invoiceId": invoice, "number": 2}
    assert lookup.resend(invoice, key="again").data == answer.data
    assert [mail["state"] for mail in lookup.get(f"/{invoice}")["mails"]] == ["SENT", "WAITING"]
    refused = lookup.resend(invoice, key="another")
    assert (refused.status_code, "on its way" in refused.text) == (409, True)
    lookup.turn("email")
    assert [mail["state"] for mail in lookup.get(f"/{invoice}")["mails"]] == ["SENT", "SENT"]
    (first, _, _), (second, recipient, _) = lookup.pipeline.outbound.accepted
    assert (recipient, str(second["Subject"])) == ("books@liffey.example", f"{first['Subject']} (2)")
    asked = world.value("SELECT subject FROM mail_copy")
    assert asked == world.subject("liffey")
    assert world.value("SELECT actor FROM order_event WHERE stage = 'SENT_AGAIN'") == f"customer {asked}"
    assert lookup.pipeline.state() == "EMAILED"


def test_no_more_than_a_few_mails_of_a_document_go_out_in_a_day(lookup: Lookup, world: World) -> None:
    lookup.order()
    invoice = lookup.invoice()
    for _ in range(MAILS_A_DAY):
        assert lookup.resend(invoice).status_code == 202
        lookup.turn("email")
    answer = lookup.resend(invoice)
    assert answer.status_code == 429
    assert 86_000 < int(answer.headers["Retry-After"]) <= 86_400
    world.admin.execute("UPDATE mail_copy SET created_at = now() - interval '25 hours' WHERE number = 2")
    assert lookup.resend(invoice).status_code == 202


def test_of_many_who_want_a_mail_at_once_one_gets_it(lookup: Lookup, server: Postgres) -> None:
    lookup.order()
    invoice = lookup.invoice()
    with ExitStack() as pods, ThreadPoolExecutor(4) as people:
        databases = [pods.enter_context(closing(Database(settings_of(server), size=1))) for _ in range(4)]
        clients = [lookup.app(database) for database in databases]
        answers = people.map(lambda client: lookup.resend(invoice, client=client), clients)
        assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    lookup.turn("email")
    assert len(lookup.pipeline.outbound.accepted) == 2


def test_what_is_in_the_way_of_a_mail_is_told_in_words_for_customers(lookup: Lookup) -> None:
    lookup.order()
    invoice, path = lookup.invoice(), pdf_of(lookup)
    lose(path)
    refused = lookup.resend(invoice)
    assert (refused.status_code, "printed again" in refused.text) == (409, True)
    lookup.turn("document")
    recorder = told(lookup.pipeline, "Bounce", bounce(lookup.world.customer("liffey").email))
    lookup.record(recorder)
    refused = lookup.resend(invoice)
    assert (refused.status_code, "change the address" in refused.text) == (409, True)
    assert [mail["state"] for mail in lookup.get(f"/{invoice}")["mails"]] == ["BOUNCED"]


def test_a_mail_that_failed_at_a_wrong_address_finishes_its_order_at_the_right_one(
    lookup: Lookup, world: World
) -> None:
    lookup.pipeline.shop.order()
    lookup.pipeline.outbound.script = Park("SES refuses the mail: MessageRejected")
    lookup.turn("invoice", "document", "email")
    lookup.pipeline.outbound.script = None
    assert lookup.pipeline.state() == "PARKED"
    invoice = lookup.invoice()
    assert lookup.resend(invoice).status_code == 409
    world.admin.execute("UPDATE customer SET email = 'books@liffey.example' WHERE country = 'IE'")
    assert lookup.resend(invoice).status_code == 202
    lookup.turn("email")
    assert lookup.pipeline.state() == "EMAILED"
    assert [mail["state"] for mail in lookup.get(f"/{invoice}")["mails"]] == ["FAILED", "SENT"]

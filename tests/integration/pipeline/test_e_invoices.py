"""E-invoices and prorated prices through the whole pipeline: from the order's columns to the customer's mailbox."""

import hashlib
import io
from decimal import Decimal
from email.message import EmailMessage

import boto3
from lxml import etree
from pypdf import PdfReader

from services.common.pipeline import manifests
from services.invoice.credit import Pieces
from services.invoice.crediting import issue
from services.manifests.credit_note import CreditNoteDocument
from services.manifests.document import DocumentManifest
from services.manifests.invoice_document import InvoiceDocument, Proration
from services.orchestrator.kept import KeptObjects, renewed
from tests.integration.conftest import BUCKET, REGION
from tests.support.credit_requests import hand_over, wish
from tests.support.pipeline import Pipeline

PART = Proration(days=120, term_days=365)
STAGES = ("invoice", "document", "email")


def sell(pipeline: Pipeline, who: str = "liffey", *, days: int | None = None, amount: int = 3) -> None:
    """An order from its purchase to its mail, for some days of a year if they are given."""
    subscription = str(pipeline.world.customer(who).subscription_id)
    body = pipeline.shop.body(amount=amount, subscriptionId=subscription)
    assert pipeline.shop.order(body, who=who).status_code == 201
    if days is not None:
        pipeline.world.admin.execute(
            """
            UPDATE sales_order SET charged_days = %s, term_days = 365, period_from = '2026-11-22',
                period_to = '2026-11-22'::date + (%s - 1)
            """,
            (days, days),
        )
    go_on(pipeline)


def go_on(pipeline: Pipeline) -> None:
    for stage in STAGES:
        pipeline.relay()
        pipeline.take(stage)


def files(pipeline: Pipeline) -> dict[str, bytes]:
    message: EmailMessage = pipeline.outbound.accepted[-1][0]
    return {str(part.get_filename()): part.get_payload(decode=True) for part in message.iter_attachments()}  # type: ignore[misc]


def last_document(pipeline: Pipeline) -> InvoiceDocument | CreditNoteDocument:
    body = str(pipeline.world.value("SELECT body FROM outbox WHERE queue = 'document' ORDER BY id DESC"))
    return manifests.read(DocumentManifest, body.encode()).payload


def test_the_mail_of_a_seller_in_the_eu_has_one_file_with_the_invoice_in_it(pipeline: Pipeline) -> None:
    sell(pipeline)
    [(name, pdf)] = files(pipeline).items()
    assert name == "invoice-EU-000001.pdf"
    [[xml]] = PdfReader(io.BytesIO(pdf)).attachments.values()
    assert etree.fromstring(xml).findtext(".//{*}ExchangedDocument/{*}ID") == "EU-000001"
    assert pipeline.world.value("SELECT e_invoice_path FROM invoice") is None


def test_the_mail_of_a_seller_in_apac_has_the_e_invoice_beside_the_pdf(pipeline: Pipeline) -> None:
    sell(pipeline, "siam")
    attached = files(pipeline)
    assert list(attached) == ["invoice-AP-000001.pdf", "invoice-AP-000001.xml"]
    xml = attached["invoice-AP-000001.xml"]
    assert etree.QName(etree.fromstring(xml)).localname == "Invoice"
    path = str(pipeline.world.value("SELECT e_invoice_path FROM invoice"))
    digest = str(pipeline.world.value("SELECT e_invoice_sha256 FROM invoice"))
    assert (digest, pipeline.aws.payloads.get(path, digest)) == (hashlib.sha256(xml).hexdigest(), xml)
    assert path.endswith(f"/xml/1-{digest}.xml")


def test_a_credit_note_has_its_e_invoice_too(pipeline: Pipeline) -> None:
    sell(pipeline, "siam")
    hand_over(pipeline.world, wish(pipeline.world, {1: 1}, "AP-000001"))
    go_on(pipeline)
    attached = files(pipeline)
    assert list(attached) == ["credit-note-APC-000001.pdf", "credit-note-APC-000001.xml"]
    root = etree.fromstring(attached["credit-note-APC-000001.xml"])
    assert root.findtext(".//{*}InvoiceDocumentReference/{*}ID") == "AP-000001"


def test_a_lost_e_invoice_comes_back_with_the_same_bytes(pipeline: Pipeline) -> None:
    sell(pipeline, "siam")
    path = str(pipeline.world.value("SELECT e_invoice_path FROM invoice"))
    digest = str(pipeline.world.value("SELECT e_invoice_sha256 FROM invoice"))
    boto3.client("s3", region_name=REGION).delete_object(Bucket=BUCKET, Key=path)
    pipeline.world.admin.execute("UPDATE inbox SET finished_at = NULL, lease_until = now() WHERE consumer = 'document'")
    pipeline.take("document")
    assert hashlib.sha256(pipeline.aws.payloads.get(path, digest)).hexdigest() == digest
    assert len(pipeline.outbound.accepted) == 1


def test_an_e_invoice_that_would_differ_from_the_one_sent_stops_its_document(pipeline: Pipeline) -> None:
    sell(pipeline, "siam")
    pipeline.world.admin.execute("UPDATE invoice SET e_invoice_sha256 = repeat('0', 64)")
    pipeline.world.admin.execute("UPDATE inbox SET finished_at = NULL, lease_until = now() WHERE consumer = 'document'")
    pipeline.take("document")
    stopped = "SELECT count(*) FROM order_event WHERE stage = 'STOPPED' AND detail LIKE %s"
    assert pipeline.world.value(stopped, "%would not be printed as it was%") == 1


def test_operators_keep_an_e_invoice_like_any_other_object(pipeline: Pipeline) -> None:
    sell(pipeline, "siam")
    database, path = pipeline.world.database, str(pipeline.world.value("SELECT e_invoice_path FROM invoice"))
    objects = KeptObjects(database, pipeline.aws.payloads)
    found = objects.find(path)
    assert (found.path, objects.outlook(found).effect) == (path, "extend")
    objects.renew(found)
    with database.transaction() as connection:
        renewed(connection, found)
    assert pipeline.world.value("SELECT e_invoice_stored_anew_at IS NOT NULL FROM invoice")
    assert pipeline.world.value("SELECT document_stored_anew_at IS NULL FROM invoice")
    head = boto3.client("s3", region_name=REGION).head_object(Bucket=BUCKET, Key=path)
    assert head["ContentType"] == "application/xml"


def test_an_order_for_some_days_of_its_term_is_charged_for_them(pipeline: Pipeline) -> None:
    sell(pipeline, days=120)
    document = last_document(pipeline)
    [line] = document.lines
    assert line.proration == PART
    assert line.period is not None
    assert (line.period.starts_on.isoformat(), line.period.ends_on.isoformat()) == ("2026-11-22", "2027-03-21")
    assert line.net == (line.unit_price * line.quantity * 120 / 365).quantize(Decimal("0.01"))
    stored = pipeline.world.admin.execute(
        "SELECT net, charged_days, term_days, period_from, period_to FROM invoice_line"
    ).fetchone()
    assert stored == (line.net, 120, 365, line.period.starts_on, line.period.ends_on)
    assert pipeline.world.value("SELECT amount FROM invoice") == document.totals.gross
    text = PdfReader(io.BytesIO(files(pipeline)["invoice-EU-000001.pdf"])).pages[0].extract_text()
    assert "22 November 2026 to 21 March 2027 · 120 of 365 days" in text


def test_an_order_for_its_whole_term_says_nothing_of_days(pipeline: Pipeline) -> None:
    sell(pipeline, days=365)
    assert last_document(pipeline).lines[0].proration is None


def test_licences_given_back_are_credited_for_the_days_that_are_left(pipeline: Pipeline) -> None:
    sell(pipeline)
    asked = wish(pipeline.world, {1: Pieces(2, PART)})
    hand_over(pipeline.world, asked)
    go_on(pipeline)
    note = last_document(pipeline)
    assert isinstance(note, CreditNoteDocument)
    [line] = note.lines
    assert line.net == (line.unit_price * 2 * 120 / 365).quantize(Decimal("0.01"))
    assert (
        "120 of 365 days"
        in PdfReader(io.BytesIO(files(pipeline)["credit-note-EUC-000001.pdf"])).pages[0].extract_text()
    )
    assert pipeline.world.value("SELECT charged_days FROM invoice_line ORDER BY created_at DESC") == 120


def test_the_same_request_again_gives_the_same_note_and_another_share_is_refused(pipeline: Pipeline) -> None:
    sell(pipeline)
    asked = wish(pipeline.world, {1: Pieces(1, PART)})
    other = wish(pipeline.world, {1: Pieces(1)}, request_id=asked.request_id)
    numbers = []
    for _ in range(2):
        with pipeline.world.database.transaction() as connection:
            numbers.append(issue(connection, asked))
    assert numbers == ["EUC-000001", "EUC-000001"]
    hand_over(pipeline.world, other)
    go_on(pipeline)
    assert pipeline.world.value("SELECT count(*) FROM invoice WHERE kind = 'CREDIT_NOTE'") == 1
    detail = pipeline.world.value("SELECT detail FROM order_event WHERE stage = 'CREDIT_REFUSED'")
    assert "has asked for something else before" in str(detail)


def test_more_days_than_were_charged_are_refused_without_a_number(pipeline: Pipeline) -> None:
    sell(pipeline, days=100)
    hand_over(pipeline.world, wish(pipeline.world, {1: Pieces(1, PART)}))
    pipeline.relay()
    pipeline.take("invoice")
    detail = str(pipeline.world.value("SELECT detail FROM order_event WHERE stage = 'CREDIT_REFUSED'"))
    assert "120 of 365 days: it was charged for 100 of 365 days" in detail
    assert pipeline.world.value("SELECT count(*) FROM invoice_series WHERE kind = 'CREDIT_NOTE'") == 0

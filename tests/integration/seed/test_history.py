"""The demo's past in a real database: consistent, left alone by every job, and usable like anything made here."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from local.ccp.catalogue import load_catalogue
from local.seed import CatalogueItem, write_cases, write_past, write_people, write_rows
from local.seed.demo import customers
from services.common.pipeline.queues import Message
from services.common.sealing import license_keys
from services.common.sealing.vault import Vault
from services.invoice.crediting import CreditRequest, issue
from services.licensing import expiry
from services.orchestrator.scan import scan
from services.order.ccp import CcpClient
from services.order.clear_keys import seal_left_over
from services.order.comparison import compare
from services.order.discrepancies import review
from services.order.verification import verify
from tests.integration.conftest import Aws, World
from tests.integration.invoices.conftest import Lookup
from tests.support.ccp import Simulator, running
from tests.support.desk import Desk
from tests.support.keys import Keys
from tests.support.pipeline import Pipeline

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRST = "SELECT id FROM invoice WHERE customer_id = %s AND document_path IS NULL ORDER BY number LIMIT 1"
BOOKS = (
    "app_user account subscription customer_subscription subscription_item sales_order order_event license"
    " license_account license_valid_to_date invoice invoice_line invoice_series outbox inbox support_case case_message"
    " case_event"
)
AGENT = customers()[0].id


@dataclass
class Past:
    """The world with its past, and the CCP that has sold it."""

    world: World
    ledger: Path

    def write(self, now: datetime = NOW) -> int:
        world = self.world
        catalogue = [
            CatalogueItem(one.id, one.name, one.description, one.unit_price, one.currency, one.vendor, one.unit)
            for one in load_catalogue().values()
        ]
        write_rows(world.admin, catalogue, world.subjects)
        write_people(world.admin, world.subjects)
        written = write_past(world.admin, self.ledger, now.date())
        write_cases(world.admin, AGENT, now)
        return written

    def books(self) -> dict[str, object]:
        """What stands in each table, but for the times at which rows were touched."""
        return {
            table: self.world.value(
                f"SELECT md5(coalesce(string_agg((to_jsonb(t) - 'updated_at')::text, E'\\n' ORDER BY t::text), ''))"
                f" || count(*) FROM {table} t"
            )
            for table in BOOKS.split()
        }


@pytest.fixture
def past(world: World, tmp_path: Path) -> Past:
    world.subjects |= {customer.colleague.email: customer.user_id for customer in world.customers}
    past = Past(world, tmp_path / "ledger.sqlite3")
    assert past.write() > 150
    return past


@pytest.fixture
def simulator(past: Past) -> Iterator[Simulator]:
    with running(past.ledger) as simulator:
        yield simulator


def print_what_is_due(pipeline: Pipeline) -> None:
    """Has the document generator take the one payload that was sent."""
    path = pipeline.world.value("SELECT path FROM outbox WHERE sent_at IS NOT NULL")
    pipeline.consumers["document"].take(Message(json.dumps({"path": path}), "receipt", 1))


def test_written_twice_it_is_the_same(past: Past) -> None:
    before = past.books()
    assert past.write(NOW.replace(year=2027)) == 0
    assert past.books() == before


def test_there_are_a_few_hundred_licences_and_invoices_two_people_each_and_cases(past: Past) -> None:
    def counted(table: str) -> int:
        return int(str(past.world.value(f"SELECT count(*) FROM {table}")))

    assert 300 < counted("license") < 900
    assert 150 < counted("invoice") == counted("sales_order") == counted("invoice_line") < 400
    assert counted("app_user") == 2 * len(past.world.customers)
    assert counted("account") == counted("subscription") + len(past.world.customers)
    assert counted("support_case") == 2 * len(past.world.customers)
    assert past.world.value("SELECT count(DISTINCT status) FROM support_case") == 4


def test_quantities_sums_and_numbers_hold(past: Past) -> None:
    nothing = 0
    for fault in (
        "subscription_item i WHERE quantity <> (SELECT count(*) FROM license l WHERE l.subscription_item_id = i.id)",
        "sales_order o WHERE amount <> (SELECT count(*) FROM license l WHERE l.order_id = o.id)",
        "invoice v WHERE net <> (SELECT sum(net) FROM invoice_line l WHERE l.invoice_id = v.id)",
        "invoice v JOIN invoice_line l ON l.invoice_id = v.id WHERE amount <> round(v.net * (100 + l.vat) / 100, 2)",
        "invoice_series s WHERE last_number <> (SELECT max(number) FROM invoice v WHERE v.series = s.series)",
        "invoice_series s WHERE last_number <> (SELECT count(*) FROM invoice v WHERE v.series = s.series)",
        "license l JOIN sales_order o ON o.id = l.order_id WHERE l.customer_id <> o.customer_id",
        "license WHERE valid_to_date < current_date + 30",
    ):
        assert past.world.value(f"SELECT count(*) FROM {fault}") == nothing, fault


def test_no_job_finds_anything_to_do(past: Past, aws: Aws, simulator: Simulator) -> None:
    world, ccp = past.world, CcpClient(simulator.url)
    assert Pipeline(world, aws).relay() == 0
    assert scan(world.database) == 0
    assert verify(world.database, ccp) == 0
    assert (compare(world.database, ccp) or 0) > 150
    with world.database.transaction() as connection:
        review(connection)
    assert world.value("SELECT count(*) FROM ccp_discrepancy WHERE kind <> 'MATCHED'") == 0
    assert expiry.notify(world.database, NOW.date()) == 0
    assert Desk(world, aws).get("/payloads/expiring", days="30")["payloads"] == []


def test_the_keys_are_sealed_as_those_of_an_earlier_release_and_are_those_of_the_ccp(
    past: Past, simulator: Simulator
) -> None:
    world, vault = past.world, Vault(past.world.database, Keys())
    assert seal_left_over(world.database, vault) == world.value("SELECT count(*) FROM license")
    assert world.value("SELECT count(*) FROM license WHERE key IS NOT NULL") == 0
    sale = simulator.sales()[0]
    [first, *_] = sale["answer"]["licenseKeys"]
    with world.database.transaction() as connection:
        row = connection.execute("SELECT * FROM license WHERE id = %s", (first["id"],)).fetchone()
    assert row is not None
    assert license_keys.opened(vault, row) == first["key"]


def test_the_first_order_made_here_has_the_first_number_of_its_series(past: Past, aws: Aws) -> None:
    pipeline = Pipeline(past.world, aws)
    shown = pipeline.shop.get(pipeline.run()).json
    assert shown is not None
    assert (shown["state"], shown["invoiceNumber"]) == ("EMAILED", "EU-000001")


def test_a_document_is_printed_when_its_customer_asks_for_it_and_no_mail_goes_out(past: Past, aws: Aws) -> None:
    pipeline = Pipeline(past.world, aws)
    lookup = Lookup(past.world, pipeline)
    invoice = past.world.value(FIRST, past.world.customer("liffey").id)
    for _ in range(2):
        assert lookup.ask(f"/{invoice}/document").status_code == 409
    assert pipeline.relay() == 1
    print_what_is_due(pipeline)
    assert lookup.get(f"/{invoice}/document")["contentType"] == "application/pdf"
    assert pipeline.relay() == 0
    assert past.world.value("SELECT count(*) FROM outbox WHERE queue = 'email'") == 0
    stored = past.world.value("SELECT document_path FROM invoice WHERE id = %s", invoice)
    sha256 = past.world.value("SELECT document_sha256 FROM invoice WHERE id = %s", invoice)
    text = PdfReader(BytesIO(aws.payloads.get(str(stored), str(sha256)))).pages[0].extract_text()
    assert str(past.world.value("SELECT invoice_number FROM invoice WHERE id = %s", invoice)) in text


def test_an_operator_has_a_document_printed_by_a_restart(past: Past, aws: Aws) -> None:
    desk = Desk(past.world, aws)
    order = past.world.value("SELECT order_id FROM invoice ORDER BY invoice_number LIMIT 1")
    assert desk.do(f"/orders/{order}/restart", "k", stage="document")["effect"] == "restart"
    assert desk.pipeline.relay() == 1
    print_what_is_due(desk.pipeline)
    [document] = desk.get(f"/orders/{order}")["documents"]
    assert document["documentPath"] is not None
    assert desk.get(f"/orders/{order}")["state"] == "EMAILED"
    assert desk.get(f"/orders/{order}")["mails"] == []


def test_an_invoice_of_before_can_be_credited(past: Past) -> None:
    row = past.world.admin.execute("SELECT order_id, invoice_number FROM invoice ORDER BY number LIMIT 1").fetchone()
    assert row is not None
    request = CreditRequest(AGENT, row[0], str(row[1]), "given back")  # type: ignore[arg-type]
    with past.world.database.transaction() as connection:
        number = issue(connection, request)
    assert number == "EUC-000001", "in the seller's series of now, not in the past's"

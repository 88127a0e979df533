"""Where money moves, a document follows: changes of licences go through the whole pipeline, down to the mail."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.common.money.proration import prorated
from services.common.pipeline.queues import Message
from services.licensing import crediting, expiry
from tests.integration.conftest import Aws, World
from tests.integration.licensing.test_credits import used
from tests.support.ccp import Simulator
from tests.support.ledgers import violations
from tests.support.office import Office
from tests.support.pipeline import Pipeline


class Paper:
    """Licensing, and the workers after it."""

    def __init__(self, world: World, aws: Aws, simulator: Simulator) -> None:
        self.office, self.pipeline = Office(world, simulator), Pipeline(world, aws)
        self.world = world

    def follow(self) -> None:
        """Settles, finishes and hands over until nothing is left to do."""
        self.office.settle_all()
        while True:
            self.office.hurry()
            crediting.finish(self.world.database)
            self.pipeline.relay()
            rows = self.world.admin.execute(
                "SELECT queue, path FROM outbox WHERE consumed_at IS NULL ORDER BY id"
            ).fetchall()
            if not rows:
                return
            for queue, path in rows:
                self.pipeline.consumers[str(queue)].take(Message(json.dumps({"path": path}), "receipt", 1))

    def documents(self) -> list[tuple[str, str, Decimal]]:
        """Each document's order kind, its own kind and its net amount, in the order of their making."""
        rows = self.world.admin.execute(
            """
            SELECT o.kind, v.kind, v.net FROM invoice v JOIN sales_order o ON o.id = v.order_id
            ORDER BY v.created_at, v.id
            """
        ).fetchall()
        return [(str(row[0]), str(row[1]), Decimal(str(row[2]))) for row in rows]

    def mailed(self) -> list[str]:
        return [str(message["Subject"]) for message, _, _ in self.pipeline.outbound.accepted]


@pytest.fixture
def paper(world: World, aws: Aws, process: Simulator) -> Paper:
    process.behave()
    return Paper(world, aws, process)


def test_increase_extension_and_returns_are_invoiced_and_credited_by_the_day(paper: Paper) -> None:
    office = paper.office
    office.bought(3)
    paper.follow()
    used(office, 165)
    assert office.quantity(5).status_code == 202
    paper.follow()
    licence = min(office.licences(), key=lambda one: one["createdAt"])
    end = date.fromisoformat(licence["validToDate"])
    assert office.extend(licence, end + timedelta(days=30)).status_code == 200
    paper.follow()
    used(office, 50)
    assert office.cancel().status_code == 200
    paper.follow()
    price = Decimal(str(paper.world.value("SELECT sales_price FROM sales_order LIMIT 1")))

    def net(pieces: int, days: int) -> Decimal:
        return prorated(price, pieces, days, 365, "EUR").amount

    invoices = [
        ("PURCHASE", "INVOICE", net(3, 365)),
        ("INCREASE", "INVOICE", net(2, 200)),
        ("EXTEND", "INVOICE", net(1, 30)),
    ]
    notes = [
        ("PURCHASE", "CREDIT_NOTE", net(3, 150)),
        ("INCREASE", "CREDIT_NOTE", net(2, 150)),
        ("EXTEND", "CREDIT_NOTE", net(1, 30)),
    ]
    found = paper.documents()
    assert found[:3] == invoices
    assert sorted(found[3:]) == sorted(notes)
    assert len(paper.mailed()) == 6
    assert paper.world.value("SELECT count(*) FROM order_event WHERE stage = 'CREDIT_REFUSED'") == 0
    assert paper.world.value("SELECT count(*) FROM sales_order WHERE state <> 'EMAILED'") == 0
    assert violations(paper.world, office.simulator) == []


def test_bought_and_returned_on_one_day_costs_nothing(paper: Paper) -> None:
    paper.office.bought(4)
    paper.follow()
    paper.office.quantity(3)
    paper.follow()
    paper.office.cancel()
    paper.follow()
    amounts = "SELECT sum(CASE kind WHEN 'INVOICE' THEN amount ELSE -amount END) FROM invoice"
    assert paper.world.value(amounts) == 0
    assert [kind for _, kind, _ in paper.documents()] == ["INVOICE", "CREDIT_NOTE", "CREDIT_NOTE"]


def test_licences_returned_before_their_invoice_is_issued_are_credited_once_it_is(paper: Paper) -> None:
    paper.office.bought(2)
    assert paper.office.quantity(1).status_code == 200
    crediting.finish(paper.world.database)
    assert paper.documents() == []
    paper.follow()
    assert [kind for _, kind, _ in paper.documents()] == ["INVOICE", "CREDIT_NOTE"]


def test_an_expiry_notice_reaches_the_mail_server_once(paper: Paper) -> None:
    paper.office.bought(2)
    paper.follow()
    last = paper.world.value("SELECT max(valid_to_date) FROM license")
    assert isinstance(last, date)
    for _ in range(2):
        expiry.notify(paper.world.database, last - timedelta(days=7))
        paper.follow()
    assert paper.mailed().count("2 licences end soon") == 1

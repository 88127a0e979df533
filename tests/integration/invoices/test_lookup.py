"""Customers find their invoices and credit notes, and nobody else's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from tests.integration.conftest import World
from tests.integration.invoices.conftest import Lookup, ids
from tests.support.bounces import bounce, told
from tests.support.pipeline import ses_event


def test_an_invoice_is_shown_as_it_was_printed(lookup: Lookup, world: World) -> None:
    lookup.order()
    [shown] = lookup.get("")["invoices"]
    assert (shown["kind"], shown["invoiceNumber"], shown["correctsId"]) == ("INVOICE", "EU-000001", None)
    net, vat, gross = (Decimal(shown[name]) for name in ("net", "vatAmount", "amount"))
    assert net + vat == gross == world.value("SELECT amount FROM invoice")
    assert shown["currency"] == "EUR"
    assert shown["subscriptionId"] == str(world.customer("liffey").subscription_id)
    assert shown["formats"] == ["pdf"]
    today = datetime.now(UTC).date()
    assert abs((datetime.fromisoformat(shown["issuedOn"]).date() - today).days) <= 1
    detail = lookup.get(f"/{shown['id']}")
    [line] = detail["lines"]
    assert (line["description"], line["quantity"], line["vatCategory"]) == ("Nimbus Office", 2, "S")
    assert Decimal(line["net"]) == net
    assert Decimal(line["vat"]) == 23
    assert [mail["state"] for mail in detail["mails"]] == ["SENT"]
    assert detail["creditNotes"] == []


def test_what_was_credited_stands_beside_the_invoice(lookup: Lookup) -> None:
    lookup.order()
    lookup.credit(1)
    note, invoice = lookup.get("")["invoices"]
    assert (note["kind"], note["correctsId"], note["dueOn"]) == ("CREDIT_NOTE", invoice["id"], None)
    assert invoice["dueOn"] > invoice["issuedOn"]
    assert lookup.get(f"/{invoice['id']}")["creditNotes"] == [note]
    assert lookup.get("", kind="CREDIT_NOTE")["invoices"] == [note]
    assert lookup.get("", kind="INVOICE")["invoices"] == [invoice]


def test_nobody_sees_another_customer_s(lookup: Lookup) -> None:
    lookup.order()
    invoice = lookup.invoice()
    assert lookup.get("", who="mueller") == {"invoices": [], "next": None}
    assert lookup.get("/totals", who="mueller") == {"totals": []}
    for path in (f"/{invoice}", f"/{invoice}/document", f"/{uuid4()}", f"/{uuid4()}/document"):
        assert lookup.ask(path, who="mueller").status_code == 404
    assert lookup.resend(invoice, who="mueller").status_code == 404
    assert lookup.world.value("SELECT count(*) FROM mail_copy") == 0


def test_filters_narrow_the_list(lookup: Lookup, world: World) -> None:
    for _ in range(3):
        lookup.order()
    numbers = ["EU-000001", "EU-000002", "EU-000003"]
    for number, day in zip(numbers, ("2026-01-31", "2026-02-01", "2026-03-05"), strict=True):
        lookup.issued(number, day)
    order = str(world.value("SELECT order_id FROM invoice WHERE invoice_number = 'EU-000002'"))
    subscription = str(world.customer("liffey").subscription_id)

    def found(**query: str) -> list[str]:
        return [entry["invoiceNumber"] for entry in lookup.get("", **query)["invoices"]]

    assert found() == found(subscriptionId=subscription) == numbers[::-1]
    assert found(orderId=order) == found(invoiceNumber="EU-000002") == ["EU-000002"]
    assert found(**{"from": "2026-02-01"}) == numbers[:0:-1]
    assert found(to="2026-01-31") == ["EU-000001"]
    assert found(**{"from": "2026-02-01", "to": "2026-02-28"}) == ["EU-000002"]
    assert found(subscriptionId=str(uuid4())) == found(invoiceNumber="EU-9") == []


@pytest.mark.parametrize("limit", ["1", "3", "100"])
def test_pages_show_each_document_once(lookup: Lookup, copies: Callable[[int], None], limit: str) -> None:
    lookup.order()
    copies(7)
    seen: list[UUID] = []
    answer = lookup.get("", limit=limit)
    seen += ids(answer)
    while answer["next"]:
        answer = lookup.get("", limit=limit, cursor=answer["next"])
        seen += ids(answer)
    assert len(seen) == len(set(seen)) == 8
    assert seen == ids(lookup.get("", limit="100"))


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "BILL"},
        {"from": "1700000000"},
        {"to": "2026-02-30"},
        {"subscriptionId": "x"},
        {"limit": "0"},
        {"cursor": "x"},
        {"invoiceNumber": ""},
        {"colour": "red"},
    ],
)
def test_a_filter_that_is_none_is_refused(lookup: Lookup, query: dict[str, str]) -> None:
    assert lookup.ask("", **query).status_code == 400


def test_the_mails_of_a_document_tell_how_far_they_have_come(lookup: Lookup) -> None:
    lookup.order()
    invoice = lookup.invoice()
    attempt = lookup.pipeline.outbound.accepted[0][2]
    lookup.record(ses_event(attempt, "Delivery"))
    [mail] = lookup.get(f"/{invoice}")["mails"]
    assert (mail["number"], mail["state"], mail["at"]) == (1, "DELIVERED", "2026-11-22T12:00:00Z")


def test_totals_add_up_by_month_and_currency_less_what_was_credited(lookup: Lookup) -> None:
    lookup.order()
    lookup.credit(1)
    lookup.order()
    for number, day in (("EU-000001", "2026-01-31"), ("EUC-000001", "2026-02-01"), ("EU-000002", "2026-02-28")):
        lookup.issued(number, day)
    by_number = {entry["invoiceNumber"]: entry for entry in lookup.get("")["invoices"]}
    totals = lookup.get("/totals", **{"from": "2026-01", "to": "2026-03"})["totals"]
    assert [(one["month"], one["currency"], one["invoices"], one["creditNotes"]) for one in totals] == [
        ("2026-02", "EUR", 1, 1),
        ("2026-01", "EUR", 1, 0),
    ]
    for name in ("net", "vatAmount", "amount"):
        february = Decimal(by_number["EU-000002"][name]) - Decimal(by_number["EUC-000001"][name])
        assert Decimal(totals[0][name]) == february
        assert Decimal(totals[1][name]) == Decimal(by_number["EU-000001"][name])
    assert lookup.get("/totals", **{"from": "2026-03", "to": "2026-03"}) == {"totals": []}
    assert lookup.ask("/totals", **{"from": "2026-03", "to": "2026-02"}).status_code == 400
    assert lookup.ask("/totals", **{"from": "2023-12", "to": "2026-12"}).status_code == 400


def test_without_months_the_last_twelve_are_added_up(lookup: Lookup) -> None:
    lookup.order()
    [present] = lookup.get("/totals")["totals"]
    assert present["invoices"] == 1
    lookup.issued("EU-000001", f"{datetime.now(UTC).date() - timedelta(days=400)}")
    assert lookup.get("/totals") == {"totals": []}


def test_a_document_of_a_release_that_stored_no_sums_gets_them_at_the_commit(lookup: Lookup, world: World) -> None:
    """Its pods may be at work still while the schema is new already."""
    lookup.order()
    with world.admin.transaction():
        world.admin.execute(
            """
            INSERT INTO invoice (order_id, revision, series, number, invoice_number, subscription_item_id, amount,
                currency)
            SELECT order_id, 9, series, 9, 'EU-000009', subscription_item_id, amount, currency FROM invoice
            """
        )
        world.admin.execute(
            """
            INSERT INTO invoice_line (invoice_id, sales_product_id, quantity, purchased_price, sales_price, vat,
                vat_category)
            SELECT v.id, l.sales_product_id, l.quantity, l.purchased_price, l.sales_price, l.vat, l.vat_category
            FROM invoice v, invoice_line l WHERE v.number = 9
            """
        )
        world.admin.execute(
            """
            INSERT INTO outbox (path, queue, order_id, customer_id, body, sha256, length, due_at)
            SELECT replace(path, '/1-', '/9-'), queue, order_id, customer_id, replace(body, 'Nimbus', 'Cirrus'), sha256,
                length, 'infinity'
            FROM outbox WHERE queue = 'document'
            """
        )
    first, later = (lookup.get(f"/{lookup.invoice(number)}") for number in ("EU-000001", "EU-000009"))
    for name in ("net", "vatAmount", "amount", "issuedOn", "dueOn"):
        assert later[name] == first[name]
    assert [(line["description"], line["net"]) for line in later["lines"]] == [("Cirrus Office", first["net"])]


PIPELINE = ("outbox", "inbox", "email_ledger", "mail_event", "mail_copy", "mail_suppression")


def test_a_customer_s_transaction_sees_and_moves_the_mails_of_its_own_documents_alone(
    lookup: Lookup, world: World
) -> None:
    lookup.order()
    lookup.record(told(lookup.pipeline, "Bounce", bounce(world.customer("liffey").email)))
    world.admin.execute(
        "INSERT INTO mail_copy (path, invoice_id, number, subject, reason)"
        " SELECT b.path, v.id, 2, gen_random_uuid(), 'x' FROM outbox b, invoice v WHERE b.queue = 'email'"
    )

    def seen(key: str) -> list[bool]:
        with world.database.tenant(world.customer(key).id) as connection:
            return [connection.execute(f"SELECT FROM {table} LIMIT 1").rowcount == 1 for table in PIPELINE]

    assert seen("liffey") == [True] * len(PIPELINE)
    assert seen("mueller") == [False] * len(PIPELINE)
    for table, change in (("outbox", "due_at = now()"), ("inbox", "outcome = 'replaced'")):
        with world.database.tenant(world.customer("mueller").id) as connection:
            assert connection.execute(f"UPDATE {table} SET {change}").rowcount == 0

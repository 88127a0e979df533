"""What the demo's customers did before: plausible, the same each time, and taxed by the product's own rules."""

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from local.ccp.catalogue import load_catalogue
from local.ccp.ledger import Ledger
from local.seed.demo import customers, legal_entities, stable_id
from local.seed.invoices import PastInvoice, invoices
from local.seed.papers import document_payload, sale_payload
from local.seed.past import MONTHS, Item, PastOrder, past_orders
from local.seed.people import account_ids, subscription_names
from local.seed.purchases import record_sales
from services.common.pipeline import manifests
from services.common.pipeline.outbox import PATH
from services.common.tax.ids import checked_tax_id
from services.common.tax.supplies import TaxParty, decide
from services.manifests.document import DocumentManifest
from services.manifests.order import OrderManifest

TODAY = date(2026, 11, 22)
ITEMS = [
    Item(stable_id("product", str(one.id)), one.id, one.name, one.unit_price, one.currency, Decimal(price), currency)
    for one in load_catalogue().values()
    for price, currency in (("13.81", "EUR"), ("20.71", "SGD"))
]


def orders() -> tuple[PastOrder, ...]:
    return past_orders(ITEMS, TODAY)


def bills() -> tuple[PastInvoice, ...]:
    return invoices(orders())


def test_it_is_the_same_each_time_whatever_the_order_of_the_catalogue() -> None:
    assert past_orders(ITEMS[::-1], TODAY) == orders()


def test_there_are_a_few_hundred_of_everything_and_no_id_stands_twice() -> None:
    licences = [licence for order in orders() for licence in order.licences]
    assert 150 < len(orders()) < 400
    assert 300 < len(licences) < 900
    for ids in ([order.id for order in orders()], [one.id for one in licences], [one.key for one in licences]):
        assert len(set(ids)) == len(ids)
    assert 0 < sum(one.account_id is None for one in licences) < len(licences) / 2


def test_every_customer_ordered_in_every_month_before_this_one() -> None:
    months = Counter((order.customer.key, order.ordered_at.strftime("%Y-%m")) for order in orders())
    assert len(months) == MONTHS * len(customers())
    assert {month for _, month in months} == {f"2026-{month:02}" for month in range(2, 11)}


def test_everybody_ordered_for_themselves() -> None:
    for order in orders():
        assert order.subscription_id in subscription_names(order.customer)
        assert {licence.account_id for licence in order.licences} <= {*account_ids(order.customer), None}


def test_numbers_have_no_gap_and_the_later_one_the_later_day() -> None:
    for seller in legal_entities():
        own = [bill for bill in bills() if bill.seller == seller]
        assert [bill.place for bill in own] == list(range(1, len(own) + 1))
        assert [bill.issued_at for bill in own] == sorted(bill.issued_at for bill in own)
        assert {bill.series for bill in own} == {f"{seller.series}A"}


@pytest.mark.parametrize("bill", bills()[::7], ids=lambda bill: bill.number)
def test_an_invoice_is_one_that_the_product_reads_and_would_tax_alike(bill: PastInvoice) -> None:
    payload = document_payload(bill)
    assert PATH.fullmatch(payload.path)
    document = manifests.read(DocumentManifest, payload.body.encode()).payload
    customer = bill.order.customer
    tax = decide(
        TaxParty(bill.seller.country, bill.seller.vat_id), TaxParty(customer.country, customer.vat_id), bill.issued_on
    )
    [line] = document.lines
    assert (line.vat_category, line.vat_rate, document.wording) == (tax.category, tax.rate, tax.wording)
    assert document.notes == ((tax.note,) if tax.note else ())
    assert document.totals.gross == bill.net + bill.vat


def test_a_sale_is_one_that_the_product_reads() -> None:
    for order in orders():
        sale = manifests.read(OrderManifest, sale_payload(order).body.encode())
        assert (sale.amount, sale.transaction_id) == (len(order.licences), order.transaction_id)
        assert sale.license_ids == tuple(licence.id for licence in order.licences)


@pytest.mark.parametrize("who", [*customers(), *legal_entities()], ids=lambda who: who.vat_id)
def test_every_tax_id_of_the_demo_has_its_check_digits(who: object) -> None:
    country, vat_id = who.country, who.vat_id  # type: ignore[attr-defined]
    assert checked_tax_id(country, vat_id) == vat_id


def test_the_ledger_of_the_ccp_gets_each_sale_once_and_keeps_the_day_of_the_first_time(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    first = record_sales(path, orders())
    again = record_sales(path, past_orders(ITEMS, TODAY + timedelta(days=40)))
    assert first == orders()
    assert [order.ordered_at for order in again] == [order.ordered_at for order in first]
    ledger = Ledger(path)
    try:
        with ledger.alone() as books:
            for order in first:
                known = books.licences([str(licence.id) for licence in order.licences])
                assert {one.valid_to for one in known.values()} == {
                    (order.ordered_at + timedelta(days=365)).date().isoformat()
                }
                assert len(known) == len(order.licences)
                sale = books.sales.find(str(order.transaction_id))
                assert sale is not None
                assert [key["key"] for key in json.loads(sale.answer)["licenseKeys"]] == [
                    licence.key for licence in order.licences
                ]
    finally:
        ledger.close()

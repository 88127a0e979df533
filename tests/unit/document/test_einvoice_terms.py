"""What the e-invoice says of a document, in the terms of EN 16931."""

from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from services.document.einvoice.cii import cii_of
from services.document.einvoice.reading import terms_of
from services.document.einvoice.ubl import ubl_of
from services.invoice.composition import SoldItem
from services.invoice.credit import Pieces
from services.manifests.invoice_document import Buyer, Proration, Seller, ServicePeriod
from tests.support.credits import credit_note
from tests.support.invoices import EUROPE, SINGAPORE, buyer, invoice
from tests.support.vat_ids import VAT_IDS

PERIOD = ServicePeriod(starts_on=date(2026, 5, 1), ends_on=date(2026, 8, 28))
PART = SoldItem("Seat", 3, Decimal("12.00"), PERIOD, Proration(days=120, term_days=365))


@pytest.mark.parametrize(
    ("seller", "to", "category", "rate", "code"),
    [
        (EUROPE, buyer(), "S", Decimal(23), None),
        (EUROPE, buyer(country="DE", vat_id=VAT_IDS["DE"]), "AE", Decimal(0), "VATEX-EU-AE"),
        (EUROPE, buyer(country="DE"), "S", Decimal(23), None),
        (EUROPE, buyer(country="US"), "O", None, "VATEX-EU-O"),
        (SINGAPORE, buyer(country="SG"), "S", Decimal(9), None),
        (SINGAPORE, buyer(country="JP"), "Z", Decimal(0), None),
    ],
)
def test_the_category_and_the_reason_why_nothing_is_charged(
    seller: Seller, to: Buyer, category: str, rate: Decimal | None, code: str | None
) -> None:
    [group] = terms_of(invoice(to, seller=seller)).breakdowns
    assert (group.tax.category, group.tax.rate, group.reason_code) == (category, rate, code)
    assert (group.reason is None) == (code is None)


def test_ids_begin_with_the_country_that_gave_them() -> None:
    terms = terms_of(invoice(buyer(country="GR", vat_id="EL 094259216")))
    assert (terms.seller.vat_id, terms.buyer.vat_id) == ("IE3628739UH", "EL094259216")
    terms = terms_of(invoice(buyer(country="SG", vat_id="197401143C"), seller=SINGAPORE))
    assert (terms.seller.vat_id, terms.buyer.vat_id) == ("SGM212345678", "SG197401143C")


def test_outside_the_scope_of_vat_no_vat_id_is_shown_but_the_seller_is_identified() -> None:
    terms = terms_of(invoice(buyer(country="US", vat_id="12-345678")))
    assert (terms.seller.vat_id, terms.buyer.vat_id) == (None, None)
    assert terms.seller.local_tax_id == terms.seller.identifier == "IE3628739UH"


def test_a_long_address_has_three_lines() -> None:
    to = buyer(address=("Building 7", "Science Park", "1 Long Road", "Dublin", "D02 X285"))
    assert terms_of(invoice(to)).buyer.address == ("Building 7", "Science Park", "1 Long Road, Dublin, D02 X285")


def test_what_is_not_charged_of_the_term_is_an_allowance_with_its_period() -> None:
    [line] = terms_of(invoice(items=(PART,))).lines
    assert (line.price, line.net, line.allowance) == (Decimal("12.00"), Decimal("11.84"), Decimal("24.16"))
    assert (line.allowance_reason, line.period) == ("120 of 365 days", PERIOD)


def test_both_syntaxes_have_the_period_and_the_allowance() -> None:
    terms = terms_of(invoice(items=(PART,)))
    cii, ubl = etree.fromstring(cii_of(terms)), etree.fromstring(ubl_of(terms))
    days = [entry.text for entry in cii.findall(".//{*}BillingSpecifiedPeriod//{*}DateTimeString")]
    assert days == ["20260501", "20260828"]
    assert [entry.text for entry in ubl.find(".//{*}InvoicePeriod")] == ["2026-05-01", "2026-08-28"]
    assert cii.findtext(".//{*}SpecifiedTradeAllowanceCharge/{*}ActualAmount") == "24.16"
    assert ubl.findtext(".//{*}AllowanceCharge/{*}Amount") == "24.16"


def test_a_credit_note_refers_to_its_invoice_and_asks_for_no_payment() -> None:
    of = invoice(items=(PART,))
    terms = terms_of(credit_note(of, {1: Pieces(1, Proration(days=30, term_days=365))}))
    assert (terms.type_code, terms.account, terms.due_on) == (381, None, None)
    assert terms.corrects is not None
    assert (terms.corrects.number, terms.corrects.issued_on) == (of.number, of.issued_on)
    assert terms.notes == ("Licences cancelled",)
    ubl = etree.fromstring(ubl_of(terms))
    assert etree.QName(ubl).localname == "CreditNote"
    assert ubl.findtext(".//{*}BillingReference/{*}InvoiceDocumentReference/{*}ID") == of.number
    assert [line.findtext("{*}CreditedQuantity") for line in ubl.findall("{*}CreditNoteLine")] == ["1"]


@pytest.mark.parametrize(
    ("seller", "currency", "means", "number"),
    [
        (EUROPE, "EUR", "58", "IE29AIBK93115212345678"),
        (EUROPE, "SEK", "30", "IE29AIBK93115212345678"),
        (SINGAPORE, "EUR", "30", "003-912345-6"),
    ],
)
def test_how_it_is_paid(seller: Seller, currency: str, means: str, number: str) -> None:
    account = terms_of(invoice(seller=seller, currency=currency)).account
    assert account is not None
    assert (account.means, account.number) == (means, number)


def test_names_are_never_markup() -> None:
    hostile = '"><x>&amp;]]><!--'
    terms = terms_of(invoice(buyer(hostile), items=(SoldItem(hostile, 1, Decimal(1)),)))
    for xml in (cii_of(terms), ubl_of(terms)):
        assert sum(1 for entry in etree.fromstring(xml).iter() if entry.text == hostile) == 2

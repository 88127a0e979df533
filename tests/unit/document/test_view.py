from decimal import Decimal

import pytest

from services.document.view import view_of
from services.invoice.composition import SoldItem
from tests.support.invoices import SINGAPORE, buyer, invoice


def test_amounts_are_printed_with_the_decimals_of_the_currency() -> None:
    view = view_of(invoice(items=(SoldItem("Seat", 1_000, Decimal("1234.5")), SoldItem("Call", 7, Decimal("0.0125")))))
    assert [(line["quantity"], line["unitPrice"], line["net"]) for line in view["lines"]] == [
        ("1,000", "1,234.50", "1,234,500.00"),
        ("7", "0.0125", "0.09"),
    ]
    yen = view_of(invoice(items=(SoldItem("Seat", 3, Decimal(14500)),), currency="JPY", seller=SINGAPORE))
    assert (yen["lines"][0]["unitPrice"], yen["gross"]) == ("14,500", "43,500")


def test_a_unit_price_of_round_hundreds_keeps_its_zeros() -> None:
    view = view_of(invoice(items=(SoldItem("Seat", 1, Decimal("100.00")),)))
    assert view["lines"][0]["unitPrice"] == "100.00"


def test_the_facts_of_the_invoice() -> None:
    assert view_of(invoice(buyer(vat_id="IE9825613N")))["facts"] == [
        ["Invoice number", "EU-2026-000123"],
        ["Date of issue", "20 November 2026"],
        ["Date of supply", "20 November 2026"],
        ["Due date", "20 December 2026"],
        ["Customer number", "C-10042"],
        ["Your VAT ID", "IE9825613N"],
    ]


def test_only_a_reissue_shows_its_revision() -> None:
    assert ["Revision", "2"] in view_of(invoice(revision=2))["facts"]


def test_the_account_is_an_iban_or_a_number() -> None:
    assert ["IBAN", "IE29 AIBK 9311 5212 3456 78"] in view_of(invoice())["bank"]
    assert ["Account", "003-912345-6"] in view_of(invoice(seller=SINGAPORE))["bank"]


def test_a_seller_without_an_account_prints_none() -> None:
    assert view_of(invoice(seller=SINGAPORE.model_copy(update={"bank": None})))["bank"] == []


@pytest.mark.parametrize(("country", "script"), [("JP", "ja"), ("CN", "zh"), ("TW", "zh"), ("IE", "zh")])
def test_the_reader_decides_the_shape_of_han_characters(country: str, script: str) -> None:
    assert view_of(invoice(buyer(country=country)))["buyer"]["script"] == script


def test_long_runs_may_break_but_not_between_thai_marks() -> None:
    view = view_of(invoice(items=(SoldItem("W" * 45, 1, Decimal(1)), SoldItem("ที่" * 30, 1, Decimal(1)))))
    assert view["lines"][0]["description"] == "\u200b".join(["W" * 20, "W" * 20, "W" * 5])
    assert view["lines"][1]["description"] == "ที่" * 30

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.common.errors import Park
from services.common.money.currencies import decimals_of
from services.invoice.composition import SoldItem
from services.manifests.invoice_document import MAX_LINES, BankAccount, InvoiceDocument, TaxCategory
from tests.support.invoices import EUROPE, SINGAPORE, buyer, invoice


def changed(document: InvoiceDocument, *path: str | int, to: object) -> dict[str, Any]:
    data: dict[str, Any] = document.model_dump(mode="json", by_alias=True)
    target: Any = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = to
    return data


def test_a_domestic_invoice() -> None:
    document = invoice()
    assert document.totals.model_dump() == {
        "net": Decimal("2268.00"),
        "vat": Decimal("521.64"),
        "gross": Decimal("2789.64"),
    }
    assert (document.lines[0].vat_rate, document.notes) == (Decimal(23), ())


def test_the_note_of_the_law_stands_on_the_invoice() -> None:
    document = invoice(buyer(country="DE", vat_id="DE811907980"))
    assert document.tax_groups[0].category is TaxCategory.REVERSE_CHARGE
    assert document.notes == (
        "Reverse charge: VAT to be accounted for by the recipient (Article 196, Directive 2006/112/EC)",
    )
    assert document.totals.vat == 0


def test_vat_is_rounded_once_per_group() -> None:
    items = tuple(SoldItem("Seat", 1, Decimal("0.10")) for _ in range(3))
    assert invoice(items=items).totals.vat == Decimal("0.07")  # 23 % of 0.30, not three times 0.02


def test_it_survives_the_journey_through_json() -> None:
    document = invoice()
    text = document.model_dump_json(by_alias=True)
    assert InvoiceDocument.model_validate_json(text) == document
    assert '"unitPrice":"18.90"' in text
    assert '"orderId":"00000000-0000-0000-0000-000000000001"' in text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            SoldItem,
            st.just("Licence"),
            st.integers(1, 100_000),
            st.decimals(0, 10**6, places=4, allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.sampled_from([EUROPE, SINGAPORE]),
    st.sampled_from(["IE", "SG", "US"]),
)
def test_lines_sum_to_totals(items: list[SoldItem], currency: str, seller: Any, country: str) -> None:
    document = invoice(buyer(country=country), seller=seller, items=tuple(items), currency=currency)
    totals = document.totals
    assert sum(line.net for line in document.lines) == totals.net == sum(group.net for group in document.tax_groups)
    assert totals.gross == totals.net + totals.vat
    unit = Decimal(1).scaleb(-decimals_of(currency))
    assert abs(totals.vat - totals.net * document.lines[0].vat_rate / 100) <= unit / 2
    assert all(totals.gross.as_tuple().exponent == line.net.as_tuple().exponent for line in document.lines)
    assert InvoiceDocument.model_validate_json(document.model_dump_json(by_alias=True)) == document


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("lines", 0, "net"), "2268.01", "net of line 1 is 2268.01 but must be 2268.00"),
        (("lines", 0, "net"), "2268.000", "net of line 1"),
        (("totals", "net"), "2268.01", "total net"),
        (("totals", "vat"), "521.65", "total VAT"),
        (("totals", "gross"), "2789.65", "total gross"),
        (("taxGroups", 0, "vat"), "521.65", "VAT of tax group S 23 %"),
        (("taxGroups", 0, "net"), "2268.01", "net of tax group"),
        (("taxGroups", 0, "rate"), "22", "exactly once"),
        (("lines", 0, "vatCategory"), "AE", "exactly once"),
        (("dueOn",), "2026-11-19", "before issuedOn"),
        (("lines", 0, "quantity"), 0, "greater than or equal to 1"),
        (("lines", 0, "quantity"), 1.0, "valid integer"),
        (("lines", 0, "unitPrice"), 18.9, "plain unsigned decimal numeral"),
        (("lines", 0, "unitPrice"), "-18.90", "plain unsigned decimal numeral"),
        (("lines", 0, "unitPrice"), "1E+1", "plain unsigned decimal numeral"),
        (("lines", 0, "description"), "x" * 301, "at most 300 characters"),
        (("buyer", "name"), "x" * 201, "at most 200 characters"),
        (("buyer", "name"), " \n ", "at least 1 character"),
        (("buyer", "name"), "Acme\u202egpj.exe", "U\\+202E"),
        (("buyer", "name"), "Acme\u0007", "U\\+0007"),
        (("number",), "../../etc/passwd", "match pattern"),
        (("lines",), [], "at least 1 item"),
        (("surplus",), 1, "not permitted"),
        (("typeCode",), 381, "Input should be 380"),
    ],
)
def test_what_does_not_hold_cannot_be_read(path: tuple[str | int, ...], value: object, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        InvoiceDocument.model_validate(changed(invoice(), *path, to=value))


def test_a_standard_rate_of_nothing_is_no_standard_rate() -> None:
    data = changed(invoice(buyer(country="US")), "lines", 0, "vatCategory", to="S")
    data["taxGroups"][0]["category"] = "S"
    with pytest.raises(ValidationError, match="category S does not go with a rate of 0 %"):
        InvoiceDocument.model_validate(data)


def test_white_space_in_a_name_becomes_one_space() -> None:
    assert buyer("Acme\r\n  \tLimited ").name == "Acme Limited"


def test_a_bank_account_has_one_number() -> None:
    with pytest.raises(ValidationError, match="either the IBAN or the account number"):
        BankAccount(name="Bank")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (SoldItem("x", 1, Decimal("NaN")), "cannot be computed: NaN is not a finite amount"),
        (SoldItem("x", 10**9, Decimal(10**9)), "cannot be computed: .* too large"),
        (SoldItem("x", 0, Decimal(1)), "cannot be composed: quantity"),
        (SoldItem("", 1, Decimal(1)), "cannot be composed: description"),
        (SoldItem("x", 1, Decimal(-1)), "cannot be computed: .* neither may be negative"),
    ],
)
def test_facts_that_make_no_invoice_park_the_order(item: SoldItem, reason: str) -> None:
    with pytest.raises(Park, match=f"invoice EU-2026-000123 {reason}"):
        invoice(items=(item,))


def test_too_many_lines_park_the_order() -> None:
    with pytest.raises(Park, match="lines: Tuple should have at most 1000 items"):
        invoice(items=(SoldItem("x", 1, Decimal(1)),) * (MAX_LINES + 1))


def test_an_unknown_currency_parks_the_order() -> None:
    with pytest.raises(Park, match="'EURO' is not in ISO 4217"):
        invoice(currency="EURO")

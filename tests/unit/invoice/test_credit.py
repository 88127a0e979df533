"""Credit notes never come to more than their invoice, and all of them together come to it exactly."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.common.money.currencies import decimals_of
from services.invoice.composition import SoldItem
from services.invoice.credit import CreditHead, CreditRefused, Pieces, compose_credit_note, credited_lines
from services.manifests.credit_note import CreditNoteDocument, remaining
from services.manifests.invoice_document import InvoiceDocument, Totals
from tests.support.credits import credit_note
from tests.support.invoices import DAY, SINGAPORE, buyer, invoice


def sums(notes: list[CreditNoteDocument]) -> Totals:
    return Totals(
        net=sum((note.totals.net for note in notes), Decimal(0)),
        vat=sum((note.totals.vat for note in notes), Decimal(0)),
        gross=sum((note.totals.gross for note in notes), Decimal(0)),
    )


def test_a_full_credit_mirrors_the_invoice() -> None:
    of = invoice(buyer(country="DE", vat_id="DE811907980"))
    note = credit_note(of, {1: 120})
    assert (note.totals, note.tax_groups, note.notes) == (of.totals, of.tax_groups, of.notes)
    assert (note.seller, note.buyer, note.order_id, note.supplied_on) == (of.seller, of.buyer, of.order_id, DAY)
    assert (note.corrects.number, note.corrects.issued_on) == (of.number, of.issued_on)
    assert (note.type_code, of.type_code, note.wording.document_title) == (381, 380, "Credit note")


def test_part_of_a_line_at_the_invoices_price_and_rate() -> None:
    note = credit_note(invoice(), {1: 20})
    assert note.totals.model_dump() == {"net": Decimal("378.00"), "vat": Decimal("86.94"), "gross": Decimal("464.94")}
    assert (note.lines[0].quantity, note.lines[0].unit_price, note.lines[0].position) == (20, Decimal("18.90"), 1)


def test_cents_that_rounding_each_note_alone_would_lose() -> None:
    of = invoice(items=(SoldItem("Seat", 3, Decimal("0.10")),))
    notes: list[CreditNoteDocument] = []
    for _ in range(3):
        notes.append(credit_note(of, {1: 1}, notes))
    assert [note.totals.vat for note in notes] == [Decimal("0.02"), Decimal("0.03"), Decimal("0.02")]
    assert sums(notes) == of.totals


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            SoldItem,
            st.just("Licence"),
            st.integers(1, 12),
            st.decimals(0, 1_000, places=4, allow_nan=False, allow_infinity=False),
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.sampled_from(["IE", "US"]),
    st.data(),
)
def test_any_sequence_of_credits_stays_below_and_ends_at_the_invoice(
    items: list[SoldItem], currency: str, country: str, data: st.DataObject
) -> None:
    of = invoice(buyer(country=country), items=tuple(items), currency=currency)
    unit = Decimal(1).scaleb(-decimals_of(currency))
    notes: list[CreditNoteDocument] = []
    while left := {position: quantity for position, quantity in remaining(of, notes).items() if quantity}:
        chosen = data.draw(st.sets(st.sampled_from(sorted(left)), min_size=1))
        note = credit_note(of, {position: data.draw(st.integers(1, left[position])) for position in chosen}, notes)
        assert CreditNoteDocument.model_validate_json(note.model_dump_json(by_alias=True)) == note
        assert min(note.totals.net, note.totals.vat, note.totals.gross) >= 0
        assert note.totals.gross == note.totals.net + note.totals.vat
        for line in note.lines:
            assert abs(line.net - line.unit_price * line.quantity) < unit
        notes.append(note)
        so_far = sums(notes)
        assert so_far.net <= of.totals.net
        assert so_far.vat <= of.totals.vat
        assert so_far.gross <= of.totals.gross
    assert sums(notes) == of.totals
    with pytest.raises(CreditRefused):
        credit_note(of, {1: 1}, notes)


@pytest.mark.parametrize(
    ("quantities", "reason"),
    [
        ({1: 121}, "121 of line 1 of invoice EU-2026-000123 cannot be credited: 120 are left"),
        ({1: 0}, "0 of line 1"),
        ({1: -1}, "-1 of line 1"),
        ({2: 1}, "has no line 2"),
        ({}, "nothing of invoice EU-2026-000123 is left"),
    ],
)
def test_what_cannot_be_taken_back_is_refused(quantities: dict[int, int], reason: str) -> None:
    with pytest.raises(CreditRefused, match=reason):
        credit_note(invoice(), quantities)


def test_what_was_taken_back_before_is_gone() -> None:
    of = invoice()
    first = credit_note(of, {1: 100})
    assert remaining(of, [first]) == {1: 20}
    with pytest.raises(CreditRefused, match="20 are left"):
        credit_note(of, {1: 21}, [first])


def test_a_reason_that_cannot_be_printed_is_refused() -> None:
    with pytest.raises(CreditRefused, match=r"reason.*U\+202E"):
        credit_note(invoice(), {1: 1}, reason="a\u202eb")


def test_a_note_is_not_older_than_its_invoice() -> None:
    of = invoice()
    head = CreditHead("EUC-1", "EUC", 2, of.issued_on - timedelta(days=1), "Credit note", "Cancelled")
    lines = credited_lines(of, (), {1: Pieces(1)})
    with pytest.raises(CreditRefused, match="before the corrected invoice's"):
        compose_credit_note(head, of, (), lines)
    same_day = replace(head, issued_on=of.issued_on)
    assert compose_credit_note(same_day, of, (), lines).issued_on == of.issued_on


def spoilt(note: CreditNoteDocument, vat: str) -> dict[str, object]:
    data = note.model_dump(mode="json", by_alias=True)
    data["taxGroups"][0]["vat"] = data["totals"]["vat"] = vat
    data["totals"]["gross"] = f"{note.totals.net + Decimal(vat)}"
    return data


def test_a_note_may_be_one_cent_off_its_own_product_and_an_invoice_may_not() -> None:
    of = invoice()
    note = credit_note(of, {1: 20})
    CreditNoteDocument.model_validate(spoilt(note, "86.95"))
    with pytest.raises(ValidationError, match="VAT of tax group"):
        CreditNoteDocument.model_validate(spoilt(note, "86.96"))
    data = of.model_dump(mode="json", by_alias=True)
    data["taxGroups"][0]["vat"] = data["totals"]["vat"] = "521.65"
    data["totals"]["gross"] = "2789.65"
    with pytest.raises(ValidationError, match="VAT of tax group"):
        InvoiceDocument.model_validate(data)


def test_amounts_of_a_currency_without_decimals() -> None:
    of = invoice(items=(SoldItem("Seat", 3, Decimal("14500")),), currency="JPY", seller=SINGAPORE)
    assert credit_note(of, {1: 3}).totals == of.totals
    assert f"{credit_note(of, {1: 1}).totals.gross:f}" == "14500"

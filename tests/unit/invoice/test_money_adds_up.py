"""Over any lines, terms, rates and credit notes: what the customer adds up is what we have printed."""

from decimal import Decimal
from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.money.amounts import Money
from services.common.money.currencies import decimals_of
from services.common.money.proration import prorated
from services.invoice.composition import SoldItem
from services.invoice.credit import CreditRefused, Pieces
from services.manifests.credit_note import CreditNoteDocument, remaining
from services.manifests.document import Document
from services.manifests.invoice_document import InvoiceDocument, Proration
from tests.support.credits import credit_note
from tests.support.invoices import SINGAPORE, invoice
from tests.support.populations import credits_of, invoices, sellers_in_the_eu

INVOICES = invoices(sellers_in_the_eu() | st.just(SINGAPORE))
YEAR = 365


def adds_up(document: Document, slack: Decimal) -> None:
    totals = document.totals
    assert sum(line.net for line in document.lines) == totals.net
    assert sum(group.vat for group in document.tax_groups) == totals.vat
    assert totals.gross == totals.net + totals.vat
    for group in document.tax_groups:
        kept = [
            line.net for line in document.lines if (line.vat_category, line.vat_rate) == (group.category, group.rate)
        ]
        once = Money.rounded(sum(kept, Decimal(0)) * group.rate / 100, document.currency).amount
        assert sum(kept, Decimal(0)) == group.net
        assert abs(group.vat - once) <= slack
    for line in document.lines:
        term = (line.proration.days, line.proration.term_days) if line.proration else (1, 1)
        alone = prorated(line.unit_price, line.quantity, *term, document.currency).amount
        assert abs(line.net - alone) <= slack
        assert line.net >= 0


@settings(max_examples=200, deadline=None)
@given(INVOICES)
def test_an_invoice_adds_up(of: InvoiceDocument) -> None:
    adds_up(of, Decimal(0))
    assert type(of).model_validate_json(of.model_dump_json(by_alias=True)) == of


@settings(max_examples=150, deadline=None)
@given(INVOICES, st.data())
def test_credit_notes_add_up_and_never_come_to_more_than_their_invoice(
    of: InvoiceDocument, data: st.DataObject
) -> None:
    unit = Decimal(1).scaleb(-decimals_of(of.currency))
    notes: list[CreditNoteDocument] = []
    while (note := data.draw(credits_of(of, notes))) is not None:
        adds_up(note, unit)
        notes.append(note)
        assert sum(one.totals.net for one in notes) <= of.totals.net
        assert sum(one.totals.vat for one in notes) <= of.totals.vat
        assert sum(one.totals.gross for one in notes) <= of.totals.gross
    assert not any(remaining(of, notes).values())
    credited = sorted((line for one in notes for line in one.lines), key=lambda line: line.position)
    for position, lines in groupby(credited, key=lambda line: line.position):
        exact = sum((line.value for line in lines), Fraction(0))
        together = sum(line.net for line in credited if line.position == position)
        assert Money.nearest(exact, of.currency).amount == together <= of.lines[position - 1].net


@settings(max_examples=100, deadline=None)
@given(INVOICES, st.data())
def test_what_is_credited_as_it_was_charged_comes_to_the_invoice(of: InvoiceDocument, data: st.DataObject) -> None:
    notes: list[CreditNoteDocument] = []
    while left := {position: pieces for position, pieces in remaining(of, notes).items() if pieces}:
        position = data.draw(st.sampled_from(sorted(left)))
        notes.append(credit_note(of, {position: data.draw(st.integers(1, left[position]))}, notes))
    assert sum(note.totals.net for note in notes) == of.totals.net
    assert sum(note.totals.vat for note in notes) == of.totals.vat


def test_a_part_of_a_term_is_charged_with_its_days() -> None:
    part = Proration(days=120, term_days=YEAR)
    of = invoice(items=(SoldItem("Seat", 3, Decimal("12.00"), proration=part),))
    assert (of.lines[0].net, of.totals.vat, of.totals.gross) == (Decimal("11.84"), Decimal("2.72"), Decimal("14.56"))


def test_pieces_credited_for_some_days_are_taken_back_whole() -> None:
    of = invoice(items=(SoldItem("Seat", 3, Decimal("12.00")),))
    first = credit_note(of, {1: Pieces(1, Proration(days=120, term_days=YEAR))})
    assert (first.lines[0].net, first.lines[0].proration) == (Decimal("3.95"), Proration(days=120, term_days=YEAR))
    assert remaining(of, [first]) == {1: 2}
    second = credit_note(of, {1: 2}, [first])
    assert (second.lines[0].net, second.lines[0].proration) == (Decimal("24.00"), None)
    with pytest.raises(CreditRefused, match="0 are left"):
        credit_note(of, {1: Pieces(1, Proration(days=1, term_days=YEAR))}, [first, second])


@pytest.mark.parametrize(
    ("charged", "days", "paid"),
    [
        (Proration(days=100, term_days=YEAR), 101, "100 of 365 days"),
        (Proration(days=0, term_days=YEAR), 1, "0 of 365 days"),
    ],
)
def test_no_more_days_are_credited_than_were_charged(charged: Proration, days: int, paid: str) -> None:
    of = invoice(items=(SoldItem("Seat", 3, Decimal("12.00"), proration=charged),))
    with pytest.raises(CreditRefused, match=f"{days} of 365 days: it was charged for {paid}"):
        credit_note(of, {1: Pieces(1, Proration(days=days, term_days=YEAR))})


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(0, 1_000), min_size=1, max_size=20).filter(any),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_shares_of_money_come_to_the_money(units: int, weights: list[int], currency: str) -> None:
    whole = Money(Decimal(units).scaleb(-decimals_of(currency)), currency)
    assert sum((share.amount for share in whole.split(weights)), Decimal(0)) == whole.amount

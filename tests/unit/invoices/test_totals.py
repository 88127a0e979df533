"""Which months are added up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import InvalidRequest
from services.invoices.models import TotalsQuery
from services.invoices.totals import MAX_MONTHS, USUAL_MONTHS, Span, span

TODAY = date(2026, 11, 22)


def asked(first: str | None = None, last: str | None = None) -> Span:
    return span(TotalsQuery.model_validate({"from": first, "to": last}), TODAY)


def test_without_months_it_is_the_last_year_up_to_this_month() -> None:
    assert asked() == Span(date(2025, 12, 1), date(2026, 12, 1))
    assert asked("2026-10") == Span(date(2026, 10, 1), date(2026, 12, 1))
    assert asked(last="2026-02") == Span(date(2025, 3, 1), date(2026, 3, 1))


MONTHS = st.builds("20{:02}-{:02}".format, st.integers(0, 99), st.integers(1, 12))


@given(first=MONTHS, last=MONTHS)
def test_whole_months_are_added_up_and_not_too_many(first: str, last: str) -> None:
    months = [(year, month) for year in range(2000, 2101) for month in range(1, 13)]
    places = [months.index((int(text[:4]), int(text[5:]))) for text in (first, last)]
    count = places[1] - places[0] + 1
    if not 1 <= count <= MAX_MONTHS:
        with pytest.raises(InvalidRequest):
            asked(first, last)
        return
    found = asked(first, last)
    assert (found.first.day, found.end.day) == (1, 1)
    assert (found.first.year, found.first.month) == months[places[0]]
    assert (found.end.year, found.end.month) == months[places[1] + 1]


def test_the_usual_months_are_no_more_than_the_most() -> None:
    assert USUAL_MONTHS <= MAX_MONTHS

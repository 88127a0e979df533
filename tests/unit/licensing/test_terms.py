from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.licensing.terms import TERM_DAYS, NoExtension, Paid, extension, joining

TODAY = date(2026, 8, 31)
DAYS = st.integers(-800, 800).map(lambda days: TODAY + timedelta(days=days))


def test_the_given_example_is_charged_thirty_days() -> None:
    term = extension(date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 30))
    assert (term.starts_on, term.ends_on, term.charged_days) == (date(2026, 9, 1), date(2026, 9, 30), 30)


@given(DAYS, DAYS)
def test_an_extension_ends_later_by_a_full_term_at_most_or_is_refused(valid_to: date, wanted: date) -> None:
    try:
        term = extension(TODAY, valid_to, wanted)
    except NoExtension:
        assert valid_to < TODAY or not 1 <= (wanted - valid_to).days <= TERM_DAYS
    else:
        assert term.ends_on == wanted > valid_to >= TODAY
        assert term.charged_days == (term.ends_on - term.starts_on).days + 1 <= term.term_days


@given(st.one_of(st.none(), DAYS))
def test_licences_that_come_end_with_the_item_and_run_for_a_full_term_at_most(item_ends_on: date | None) -> None:
    term = joining(TODAY, item_ends_on)
    assert 1 <= term.charged_days == (term.ends_on - TODAY).days <= TERM_DAYS
    if item_ends_on is not None and item_ends_on > TODAY:
        assert term.ends_on == min(item_ends_on, TODAY + timedelta(days=TERM_DAYS))
    else:
        assert term.charged_days == TERM_DAYS


def test_a_licence_may_be_extended_on_its_last_day_and_not_on_the_next() -> None:
    assert extension(TODAY, TODAY, TODAY + timedelta(days=1)).charged_days == 1
    with pytest.raises(NoExtension, match="ended on 2026-08-30"):
        extension(TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=1))


@given(st.integers(1, TERM_DAYS), st.integers(-900, 900))
def test_days_are_used_or_unused_and_never_both(charged: int, left: int) -> None:
    paid = Paid(TODAY + timedelta(days=left), charged)
    assert 0 <= paid.unused(TODAY) <= charged
    assert paid.unused(TODAY) == charged if left >= charged else paid.unused(TODAY) == max(0, left)

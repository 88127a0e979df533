"""A case's way, as a machine: whatever both sides do, it stays within its rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import NotPossible
from services.support.states import Author, CaseStatus, after_message, set_by_support

S = CaseStatus


@pytest.mark.parametrize(
    ("status", "customer", "support"),
    [
        (S.OPEN, S.OPEN, S.WAITING_FOR_CUSTOMER),
        (S.WAITING_FOR_SUPPORT, S.WAITING_FOR_SUPPORT, S.WAITING_FOR_CUSTOMER),
        (S.WAITING_FOR_CUSTOMER, S.WAITING_FOR_SUPPORT, S.WAITING_FOR_CUSTOMER),
        (S.RESOLVED, S.WAITING_FOR_SUPPORT, S.WAITING_FOR_CUSTOMER),
    ],
)
def test_whoever_writes_makes_the_case_wait_for_the_other_side(status: S, customer: S, support: S) -> None:
    assert after_message(status, Author.CUSTOMER) is customer
    assert after_message(status, Author.SUPPORT) is support


@pytest.mark.parametrize("author", Author)
def test_nobody_writes_to_a_closed_case(author: Author) -> None:
    with pytest.raises(NotPossible):
        after_message(S.CLOSED, author)


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("wanted", S)
def test_support_sets_any_status_but_none_after_the_end_and_no_new_beginning(status: S, wanted: S) -> None:
    allowed = wanted is status or (status is not S.CLOSED and wanted is not S.OPEN)
    if allowed:
        assert set_by_support(status, wanted) is wanted
    else:
        with pytest.raises(NotPossible):
            set_by_support(status, wanted)


@given(st.lists(st.one_of(st.sampled_from(Author), st.sampled_from(S))))
def test_a_case_that_was_answered_is_never_as_new_again_and_a_closed_one_stays_closed(doings: list[Author | S]) -> None:
    status, ways = S.OPEN, [S.OPEN]
    for doing in doings:
        try:
            status = after_message(status, doing) if isinstance(doing, Author) else set_by_support(status, doing)
        except NotPossible:
            continue
        ways.append(status)
    left = next((place for place, one in enumerate(ways) if one is not S.OPEN), len(ways))
    assert S.OPEN not in ways[left:]
    closed = next((place for place, one in enumerate(ways) if one is S.CLOSED), len(ways))
    assert set(ways[closed:]) <= {S.CLOSED}

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.licensing.choice import AssignedWouldGo, Held, NotThose, choose

START = datetime(2026, 11, 22, tzinfo=UTC)


def held(assigned: list[bool]) -> list[Held]:
    return [Held(UUID(int=n + 1), taken, START + timedelta(hours=n)) for n, taken in enumerate(assigned)]


def test_the_newest_that_nobody_has_go_first() -> None:
    licences = held([False, False, True, False])
    assert choose(licences, 2, []) == (UUID(int=4), UUID(int=2))


def test_those_that_are_named_go_be_they_assigned() -> None:
    licences = held([True, False, True])
    assert choose(licences, 2, [UUID(int=1)]) == (UUID(int=1), UUID(int=2))


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 40), st.sets(st.integers(1, 35), max_size=10))
def test_as_many_go_as_shall_or_it_is_said_why_not(assigned: list[bool], count: int, names: set[int]) -> None:
    licences, named = held(assigned), [UUID(int=name) for name in sorted(names)]
    free = {licence.id for licence in licences if not licence.assigned}
    try:
        chosen = choose(licences, count, named)
    except NotThose:
        assert len(named) > count or not set(named) <= {licence.id for licence in licences}
    except AssignedWouldGo as refusal:
        short = refusal.short
        assert short == count - len(named) - len(free - set(named)) > 0
    else:
        assert len(chosen) == len(set(chosen)) == count
        assert set(named) <= set(chosen)
        assert set(chosen) - set(named) <= free


def test_a_licence_that_is_named_twice_is_no_second_one() -> None:
    with pytest.raises(NotThose, match="twice"):
        choose(held([False, False, False]), 2, [UUID(int=1)] * 2)

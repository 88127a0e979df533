"""Cursors come back as they were given, and nobody else's are taken."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.api.paging import Cursor, Page
from services.common.errors import InvalidRequest

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


def place(row: int) -> tuple[datetime, UUID]:
    return NOON + timedelta(seconds=row), UUID(int=row)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_comes_back_as_it_was_given(at: datetime, row: UUID) -> None:
    cursor = Cursor(at=at, id=row)
    assert Cursor.decode(cursor.encode()) == cursor


@given(st.text())
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        Cursor.decode(text)


def test_the_first_page_has_no_cursor_and_binds_nulls() -> None:
    assert Cursor.decode(None) is None
    assert Cursor.values(None) == {"at": None, "id": None}
    assert Cursor.values(Cursor(at=NOON, id=UUID(int=7))) == {"at": NOON, "id": UUID(int=7)}


@given(st.integers(0, 30), st.integers(1, 10))
def test_pages_give_every_row_once_and_in_order(rows: int, limit: int) -> None:
    seen: list[int] = []
    after = -1
    while True:
        page = Page.cut(list(range(after + 1, min(rows, after + 2 + limit))), limit, place)
        assert len(page.rows) <= limit
        seen += page.rows
        cursor = Cursor.decode(page.next)
        if cursor is None:
            break
        after = cursor.id.int
    assert seen == list(range(rows))

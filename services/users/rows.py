"""What the handlers of this service share about rows: pages, changing some columns, and refusals by constraint."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from services.common.api import Cursor, ListQuery
from services.common.errors import Problem

START = sql.SQL("(coalesce(%(at)s::timestamptz, '-infinity'), coalesce(%(id)s::uuid, {}))").format(
    sql.Literal("00000000-0000-0000-0000-000000000000")
)
"""What a page's rows come after, by time and id; with it one plan finds the first page and any other by an index."""


def assignments(changes: Mapping[str, Any]) -> sql.Composed:
    """`column = value` for each column, for an UPDATE whose values are bound by the columns' names."""
    return sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in changes
    )


def after(query: ListQuery) -> dict[str, Any]:
    """The bound values of a list's statement: where it goes on, and one row more than the page shows.

    Raises:
        InvalidRequest: the cursor is none that we gave.
    """
    return {**Cursor.values(Cursor.decode(query.cursor)), "limit": query.limit + 1}


@contextmanager
def refused_by(*constraints: str, problem: Problem) -> Iterator[None]:
    """Turns the violation of one of the constraints into the problem; the caller's transaction is lost with it."""
    try:
        yield
    except psycopg.IntegrityError as fault:
        if fault.diag.constraint_name in constraints:
            raise problem from None
        raise

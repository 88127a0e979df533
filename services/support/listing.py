"""`GET /cases`: a customer's own cases, or for support everybody's, the newest first; and one of them."""

from typing import Any

from services.common.api import Call, Cursor, Page, Reply
from services.common.database import Connection
from services.support import agents, cases
from services.support.models import CasesAnswer, CasesQuery


def list_cases(call: Call) -> Reply:
    """A page of cases."""
    query = call.query(CasesQuery)
    after = Cursor.decode(query.cursor)
    with call.transaction() as connection:
        agents.note(connection, call)
        rows = page(connection, query, after)
    found = Page.cut(rows, query.limit, lambda row: (row["created_at"], row["id"]))
    return Reply.of(CasesAnswer(cases=tuple(map(cases.answer, found.rows)), next=found.next))


def get_case(call: Call) -> Reply:
    """One case."""
    with call.transaction() as connection:
        row = cases.get(connection, call.id)
    return Reply.of(cases.answer(row), version=row["version"])


def page(connection: Connection, query: CasesQuery, after: Cursor | None) -> list[dict[str, Any]]:
    """The cases after the cursor, one more than the page takes."""
    conditions, values = _chosen(query)
    if after is not None:
        conditions.append("(c.created_at, c.id) < (%(at)s, %(id)s)")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    # Never prepared: only a plan for the values at hand takes the index of what is rare.
    return connection.execute(
        f"""
        SELECT {cases.COLUMNS} FROM {cases.TABLES} {where} ORDER BY c.created_at DESC, c.id DESC LIMIT %(limit)s
        """.encode(),  # noqa: S608 - constants; every value is bound
        {**values, **Cursor.values(after), "limit": query.limit + 1},
        prepare=False,
    ).fetchall()


def _chosen(query: CasesQuery) -> tuple[list[str], dict[str, Any]]:
    number = int(query.reference.removeprefix("CASE-")) if query.reference else None
    given = {
        "status": ("c.status = %(status)s", query.status.value if query.status else None),
        "assignee": ("c.assignee = %(assignee)s", query.assignee),
        "assigned": (f"c.assignee IS {'NOT ' if query.assigned else ''}NULL", query.assigned),
        "customer": ("c.customer_id = %(customer)s", query.customer_id),
        "number": ("c.number = %(number)s", number),
        "text": ("to_tsvector('simple', c.subject) @@ websearch_to_tsquery('simple', %(text)s)", query.text),
    }
    wanted = {name: entry for name, entry in given.items() if entry[1] is not None}
    return [condition for condition, _ in wanted.values()], {name: value for name, (_, value) in wanted.items()}

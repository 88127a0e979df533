"""The synchronisations as operators see them and ask for one."""

from typing import Any

from services.common.api import Call, Cursor, ListQuery, Page, Reply
from services.common.database import Connection
from services.common.errors import Conflict
from services.products import runs
from services.products.upkeep_models import NewSynchronisation, SynchronisationAnswer, SynchronisationsAnswer

ADDRESS = "/catalogue/synchronisations"


def list_runs(call: Call) -> Reply:
    """What each run has changed."""
    query = call.query(ListQuery)
    with call.transaction() as connection:
        rows = connection.execute(
            """
            SELECT * FROM catalogue_synchronisation
            WHERE %(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(id)s)
            ORDER BY created_at DESC, id DESC LIMIT %(limit)s
            """,
            {"limit": query.limit + 1, **Cursor.values(Cursor.decode(query.cursor))},
        ).fetchall()
    page = Page.cut(rows, query.limit, lambda row: (row["created_at"], row["id"]))
    return Reply.of(SynchronisationsAnswer(synchronisations=tuple(map(_answer, page.rows)), next=page.next))


def ask(call: Call) -> Reply:
    """A run, to be done by whichever pod is next.

    Raises:
        Conflict: one is waiting or running.
    """
    wanted = call.body(NewSynchronisation)

    def effect(connection: Connection) -> Reply:
        row = runs.ask(connection, call.staff.subject, accept_withdrawals=wanted.accept_withdrawals)
        if row is None:
            raise Conflict("a synchronisation is waiting or running: see what comes of it first")
        return Reply.of(_answer(row), 202, location=ADDRESS)

    return call.once(effect)


def _answer(row: dict[str, Any]) -> SynchronisationAnswer:
    return SynchronisationAnswer.model_validate({name: row[name] for name in SynchronisationAnswer.model_fields})

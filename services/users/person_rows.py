"""The rows of people: read, added and changed within the caller's transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import sql

from services.common.api import ListQuery
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import Conflict, EmailTaken
from services.users import rows

Row = dict[str, Any]

INVITATION_PAUSE_SECONDS = 600
"""Between two mails of invitations to one address, which may be a stranger's."""

_COLUMNS = sql.SQL("""
    id, email, first_name, last_name, role, state, invited_at, accepted_at, directory_fault AS invitation_fault,
    created_at, updated_at, version
""")
_LIST = sql.SQL("""
    SELECT {columns} FROM app_user
    WHERE (created_at, id) > {start} AND (%(state)s::text IS NULL OR state = %(state)s)
        AND (%(role)s::text IS NULL OR role = %(role)s)
    ORDER BY created_at, id LIMIT %(limit)s
""").format(columns=_COLUMNS, start=rows.START)
_LOCKED = sql.SQL("""
    SELECT customer_id, ceil(extract(epoch FROM welcomed_at - now()) + %(pause)s)::int AS pause, {columns}
    FROM app_user WHERE id = %(id)s FOR NO KEY UPDATE
""").format(columns=_COLUMNS)
_ADDED = sql.SQL("""
    INSERT INTO app_user (customer_id, email, first_name, last_name, role)
    VALUES (%(customer_id)s, %(email)s, %(first_name)s, %(last_name)s, %(role)s) RETURNING {columns}
""").format(columns=_COLUMNS)

DEACTIVATED = sql.SQL("state = 'DEACTIVATED', directory_due_at = now()")
REACTIVATED = sql.SQL("""
    state = CASE WHEN accepted_at IS NULL THEN 'INVITED' ELSE 'ACTIVE' END, directory_fault = NULL,
    directory_due_at = now()
""")
INVITED_AGAIN = sql.SQL("""
    invited_at = CASE WHEN welcomed_at IS NULL THEN invited_at ELSE now() END, welcomed_at = NULL,
    directory_fault = NULL, directory_due_at = now()
""")
"""An invitation whose mail is still to come stays the same one."""


def page(connection: Connection, query: ListQuery, state: str | None, role: str | None) -> list[Row]:
    """The rows of a page, and one more if there is another page."""
    values = {**rows.after(query), "state": state, "role": role}
    return connection.execute(_LIST, values, prepare=False).fetchall()


def find(connection: Connection, person_id: UUID) -> Row:
    """The person.

    Raises:
        NotFound: there is none that the caller may see.
    """
    statement = sql.SQL("SELECT {} FROM app_user WHERE id = %s").format(_COLUMNS)
    return found(connection.execute(statement, (person_id,)).fetchone(), "person")


def lock(connection: Connection, person_id: UUID) -> Row:
    """The person, for the caller alone to change; `pause` is for how many seconds they get no invitation, if positive.

    Raises:
        NotFound: there is none that the caller may see.
    """
    values = {"id": person_id, "pause": INVITATION_PAUSE_SECONDS}
    return found(connection.execute(_LOCKED, values).fetchone(), "person")


def add(connection: Connection, customer_id: UUID, person: Mapping[str, str], role: str) -> Row:
    """The row of somebody who is invited from now on.

    Raises:
        EmailTaken: somebody has the address, here or at another company; which one is nobody's business.
    """
    taken = EmailTaken("this address is in use; if it is one of your people's, invite or reactivate them instead")
    with rows.refused_by("app_user_email", problem=taken):
        row = connection.execute(_ADDED, {**person, "customer_id": customer_id, "role": role}).fetchone()
    return found(row, "person")


def change(
    connection: Connection, person_id: UUID, what: sql.Composable, values: Mapping[str, Any] | None = None
) -> Row:
    """The person after the change."""
    statement = sql.SQL("UPDATE app_user SET {} WHERE id = %(id)s RETURNING {}").format(what, _COLUMNS)
    return found(connection.execute(statement, {**(values or {}), "id": person_id}).fetchone(), "person")


def hold_company(connection: Connection, customer_id: UUID) -> None:
    """Has everybody else wait who takes roles or access from people of this company."""
    connection.execute("SELECT FROM customer WHERE id = %s FOR NO KEY UPDATE", (customer_id,))


def check_not_last(connection: Connection, row: Row) -> None:
    """Returns if the company, which the caller holds, keeps an active administrator without this person.

    Raises:
        Conflict: it does not.
    """
    if (row["role"], row["state"]) != ("ADMIN", "ACTIVE"):
        return
    others = connection.execute(
        "SELECT FROM app_user WHERE customer_id = %s AND role = 'ADMIN' AND state = 'ACTIVE' AND id <> %s LIMIT 1",
        (row["customer_id"], row["id"]),
    )
    if others.rowcount == 0:
        raise Conflict("this is the last active administrator of the company: make somebody else one before")

"""`/cases/{id}/messages`: what both sides have written, and writing to a case. A message's text is never logged."""

from typing import Any
from uuid import UUID, uuid4

from services.common.api import Call, Cursor, Customer, ListQuery, Page, Reply
from services.common.database import Connection
from services.support import cases, letters
from services.support.cases import Event
from services.support.models import CaseMessageAnswer, CaseMessagesAnswer, NewCaseMessage
from services.support.states import Author, CaseStatus, after_message


def list_messages(call: Call) -> Reply:
    """A page of a case's messages, the oldest first."""
    query = call.query(ListQuery)
    after = Cursor.decode(query.cursor)
    with call.transaction() as connection:
        cases.get(connection, call.id)
        rows = connection.execute(
            """
            SELECT id, author, author_id, body, created_at FROM case_message
            WHERE case_id = %(case)s AND (%(at)s::timestamptz IS NULL OR (created_at, id) > (%(at)s, %(id)s))
            ORDER BY created_at, id LIMIT %(limit)s
            """,
            {"case": call.id, **Cursor.values(after), "limit": query.limit + 1},
            prepare=False,
        ).fetchall()
    found = Page.cut(rows, query.limit, lambda row: (row["created_at"], row["id"]))
    return Reply.of(CaseMessagesAnswer(messages=tuple(map(CaseMessageAnswer.of_row, found.rows)), next=found.next))


def add_message(call: Call) -> Reply:
    """The message, after which the case waits for the other side; the customer gets support's by mail.

    Raises:
        NotFound: there is no such case.
        NotPossible: it is closed.
    """
    return call.once(lambda connection: _add(connection, call))


def append(  # noqa: PLR0913 - who writes what to which case, and how the history names them
    connection: Connection, case: dict[str, Any], author: Author, author_id: UUID, *, actor: str, body: str
) -> CaseMessageAnswer:
    """The message that one side has added to a case, which its caller has locked; the case waits for the other side.

    Raises:
        NotPossible: it is closed.
    """
    before = CaseStatus(case["status"])
    status = after_message(before, author)
    message = write(connection, case["id"], author, author_id, body)
    # Also where the status stays: whoever has read the case without this message has not seen its present state.
    connection.execute("UPDATE support_case SET status = %s WHERE id = %s", (status.value, case["id"]))
    if status is not before:
        cases.record(connection, case["id"], actor, Event("status", status))
    return message


def write(connection: Connection, case_id: UUID, author: Author, author_id: UUID, body: str) -> CaseMessageAnswer:
    """The message as it is kept."""
    row = connection.execute(
        """
        INSERT INTO case_message (id, case_id, author, author_id, body) VALUES (%s, %s, %s, %s, %s)
        RETURNING id, author, author_id, body, created_at
        """,
        (uuid4(), case_id, author.value, author_id, body),
    ).fetchone()
    if row is None:
        raise LookupError(f"the message to case {case_id} was not stored")
    return CaseMessageAnswer.of_row(row)


def _add(connection: Connection, call: Call) -> Reply:
    body = call.body(NewCaseMessage).body
    case = cases.lock(connection, call.id)
    if isinstance(call.caller, Customer):
        author, author_id = Author.CUSTOMER, call.caller.user_id
    else:
        author, author_id = Author.SUPPORT, call.staff.subject
    actor = cases.actor_of(call)
    message = append(connection, case, author, author_id, actor=actor, body=body)
    if author is Author.SUPPORT:
        _take_on(connection, case["assignee"], call, actor)
        to = letters.addressee(connection, call.id)
        letters.send(connection, actor, to, letters.answered(to, body))
    return Reply.of(message, 201, location=f"/cases/{call.id}/messages")


def _take_on(connection: Connection, assignee: UUID | None, call: Call, actor: str) -> None:
    """A case that nobody works on is the first one's who answers."""
    if assignee is None:
        subject = call.staff.subject
        connection.execute("UPDATE support_case SET assignee = %s WHERE id = %s", (subject, call.id))
        cases.record(connection, call.id, actor, Event("assignee", subject))

"""Who changed people and companies: lines that are only ever added, each in the transaction of what it tells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic.alias_generators import to_camel

from services.common.api import Call, Cursor, Customer, Handler, Page, Reply
from services.common.database import Connection
from services.users.operations.audit import Action, AuditAnswer, AuditEntryAnswer, AuditQuery

Row = Mapping[str, Any]

_OF_A_PERSON = ("email", "first_name", "last_name", "role", "state")
OF_A_COMPANY = ("company_name", "first_name", "last_name", "email", "address_lines", "country", "vat_id", "active")
"""What customers may see of themselves: our own note on them, and how we group them, are not told here."""
_NAMES = {"address_lines": "address"}

_COLUMNS = "id, at, customer_id, person_id, action, changes, actor, actor_id"
_FILTERS = {
    "person": "person_id = %(person)s",
    "customer": "customer_id = %(customer)s",
    "at": "(at, id) < (%(at)s, %(id)s)",
}


@dataclass(frozen=True)
class Entry:
    """What somebody did.

    Attributes:
        person_id: whom it is about; None for the company itself.
        changes: each field that became another, with its text before and after.
    """

    customer_id: UUID
    person_id: UUID | None
    action: Action
    changes: Sequence[Row]

    @classmethod
    def of_person(cls, customer_id: UUID, action: Action, before: Row | None, after: Row) -> Self:
        """About somebody; `before` is None for somebody new."""
        return cls(customer_id, after["id"], action, list(_differences(_OF_A_PERSON, before or {}, after)))

    @classmethod
    def of_company(cls, customer_id: UUID, action: Action, before: Row | None, after: Row) -> Self:
        """About a company; `before` is None for a new one."""
        return cls(customer_id, None, action, list(_differences(OF_A_COMPANY, before or {}, after)))


def record(connection: Connection, call: Call, entry: Entry) -> None:
    """Adds the entry in the caller's name, unless it is about a change that changed nothing."""
    if entry.action == "CHANGED" and not entry.changes:
        return
    actor, actor_id = _actor(call)
    connection.execute(
        """
        INSERT INTO company_change (customer_id, person_id, action, changes, actor, actor_id)
        VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (entry.customer_id, entry.person_id, entry.action, Jsonb(list(entry.changes)), actor, actor_id),
    )


def list_entries(call: Call) -> Reply:
    """A page of the audit, the newest first."""
    query = call.query(AuditQuery)
    asked: dict[str, Any] = {
        "person": query.person_id,
        "customer": query.customer_id,
        **Cursor.values(Cursor.decode(query.cursor)),
    }
    chosen = [sql.SQL(condition) for name, condition in _FILTERS.items() if asked[name] is not None]
    statement = sql.SQL("SELECT {} FROM company_change WHERE {} ORDER BY at DESC, id DESC LIMIT %(limit)s").format(
        sql.SQL(_COLUMNS), sql.SQL(" AND ").join([sql.SQL("true"), *chosen])
    )
    with call.transaction() as connection:
        # Never prepared: only a plan for the values at hand takes the index of the filter.
        rows = connection.execute(statement, {**asked, "limit": query.limit + 1}, prepare=False).fetchall()
    page = Page.cut(rows, query.limit, lambda row: (row["at"], row["id"]))
    return Reply.of(AuditAnswer(entries=tuple(AuditEntryAnswer(**row) for row in page.rows), next=page.next))


def _actor(call: Call) -> tuple[str, UUID]:
    if isinstance(call.caller, Customer):
        return "CUSTOMER", call.caller.user_id
    return "STAFF", call.staff.subject


def _differences(fields: Sequence[str], before: Row, after: Row) -> Iterator[Row]:
    for field in fields:
        was, became = _text(before.get(field)), _text(after.get(field))
        if was != became:
            yield {"field": to_camel(_NAMES.get(field, field)), "before": was, "after": became}


def _text(value: object) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


HANDLERS: Mapping[str, Handler] = {"listAuditEntries": list_entries}

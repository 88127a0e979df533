"""`PATCH /cases/{id}` by support, and `POST /cases/{id}/close` by the customer."""

from enum import Enum
from typing import Any

from psycopg.sql import SQL, Identifier, Placeholder

from services.common.api import Call, Reply
from services.common.database import Connection
from services.support import agents, cases, letters, links
from services.support.cases import Event
from services.support.models import CaseChange
from services.support.states import CaseStatus, set_by_support

_NEVER_NULL = ("status", "priority")


def change_case(call: Call) -> Reply:
    """The case with what support has changed; the customer is told of a new status.

    Raises:
        NotFound: there is no such case, or it would be about something of another customer's.
        PreconditionFailed: it has changed since it was read.
        NotPossible: the status cannot follow the present one.
        NotAnAgent: it would be given to somebody who is no support agent.
    """
    return call.once(lambda connection: _change(connection, call))


def close_case(call: Call) -> Reply:
    """The case, closed by its customer; one that is closed already stays as it is.

    Raises:
        NotFound: there is no such case.
    """
    return call.once(lambda connection: _move(connection, call, cases.lock(connection, call.id)))


def _change(connection: Connection, call: Call) -> Reply:
    row = cases.lock(connection, call.id)
    call.check_version(row["version"])
    wanted = _wanted(call.body(CaseChange))
    links.check(connection, row["customer_id"], wanted)
    agents.note(connection, call)
    if wanted.get("assignee") != row["assignee"]:
        agents.check(connection, wanted.get("assignee"))
    if "status" in wanted:
        set_by_support(CaseStatus(row["status"]), CaseStatus(wanted["status"]))
    return _apply(connection, call, row, wanted)


def _move(connection: Connection, call: Call, row: dict[str, Any]) -> Reply:
    return _apply(connection, call, row, {"status": CaseStatus.CLOSED.value})


def _wanted(change: CaseChange) -> dict[str, Any]:
    """The columns that are asked for."""
    given = change.model_dump(exclude_unset=True, mode="python")
    given = {name: value.value if isinstance(value, Enum) else value for name, value in given.items()}
    return {name: value for name, value in given.items() if value is not None or name not in _NEVER_NULL}


def _apply(connection: Connection, call: Call, row: dict[str, Any], wanted: dict[str, Any]) -> Reply:
    changed = {name: value for name, value in wanted.items() if row[name] != value}
    if not changed:
        return Reply.of(cases.answer(row), version=row["version"])
    columns = SQL(", ").join(SQL("{} = {}").format(Identifier(name), Placeholder(name)) for name in changed)
    connection.execute(
        SQL("UPDATE support_case SET {} WHERE id = %(id)s").format(columns), {**changed, "id": row["id"]}
    )
    actor = cases.actor_of(call)
    cases.record(connection, row["id"], actor, *(Event(name, value) for name, value in sorted(changed.items())))
    if "status" in changed:
        to = letters.addressee(connection, row["id"])
        letters.send(connection, actor, to, letters.moved(to, CaseStatus(changed["status"])))
    now = cases.get(connection, row["id"])
    return Reply.of(cases.answer(now), version=now["version"])

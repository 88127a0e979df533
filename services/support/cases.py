"""A case in the database: read, locked, and its changes recorded."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.common.api import Call, Customer
from services.common.api.call import found
from services.common.database import Connection
from services.support.models import CaseAnswer

COLUMNS = """
    c.id, c.number, c.customer_id, k.company_name, c.opened_by, c.subject, c.status, c.priority, c.assignee, c.order_id,
    c.invoice_id, c.license_id, c.version, c.created_at, c.updated_at
"""
TABLES = "support_case c JOIN customer k ON k.id = c.customer_id"


@dataclass(frozen=True)
class Event:
    """A change of a case: which field has become what. `value` None: it was taken away."""

    field: str
    value: object


def reference(number: int) -> str:
    """How people call the case."""
    return f"CASE-{number:06d}"


def get(connection: Connection, case_id: UUID) -> dict[str, Any]:
    """The case.

    Raises:
        NotFound: there is none, or none that the caller may see.
    """
    query = f"SELECT {COLUMNS} FROM {TABLES} WHERE c.id = %s"  # noqa: S608 - constants
    return found(connection.execute(query.encode(), (case_id,)).fetchone(), "case")


def lock(connection: Connection, case_id: UUID) -> dict[str, Any]:
    """The case, nobody else's to change until the transaction ends.

    Raises:
        NotFound: as `get`.
    """
    query = f"SELECT {COLUMNS} FROM {TABLES} WHERE c.id = %s FOR UPDATE OF c"  # noqa: S608 - constants
    return found(connection.execute(query.encode(), (case_id,)).fetchone(), "case")


def answer(row: dict[str, Any]) -> CaseAnswer:
    """The case as everybody sees it."""
    return CaseAnswer.of_row(row, reference=reference(row["number"]))


def record(connection: Connection, case_id: UUID, actor: str, *events: Event) -> None:
    """Adds the changes to the case's history."""
    for event in events:
        connection.execute(
            "INSERT INTO case_event (case_id, field, value, actor) VALUES (%s, %s, %s, %s)",
            (case_id, event.field, None if event.value is None else str(event.value), actor),
        )


def actor_of(call: Call) -> str:
    """How a case's history names the caller."""
    if isinstance(call.caller, Customer):
        return f"customer {call.caller.user_id}"
    return f"support {call.staff.subject}"

"""Who works on cases. Staff live in the identity provider: here they are known once they have called as support."""

from uuid import UUID

from services.common.api import Call, Staff
from services.common.database import Connection
from services.common.errors import NotAnAgent


def note(connection: Connection, call: Call) -> None:
    """Remembers a caller who is a support agent."""
    if isinstance(call.caller, Staff):
        connection.execute(
            "INSERT INTO support_agent (subject) VALUES (%s) ON CONFLICT DO NOTHING", (call.caller.subject,)
        )


def check(connection: Connection, assignee: UUID | None) -> None:
    """Returns if a case can be given to them; to nobody it always can.

    Raises:
        NotAnAgent: nobody of this id has ever called as support.
    """
    if assignee is not None:
        known = connection.execute("SELECT FROM support_agent WHERE subject = %s", (assignee,))
        if known.rowcount == 0:
            raise NotAnAgent("assignee names nobody who has worked on cases; a new agent looks at the cases once first")

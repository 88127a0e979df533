"""An order's way through the pipeline, as every service records it."""

from enum import StrEnum
from uuid import UUID

from services.common.database import Connection


class State(StrEnum):
    """Where an order stands.

    REJECTED and PARKED carry a reason; PARKED waits for a person. REJECTED is final, and so is CANCELLED: it has no
    invoice. One that is cancelled after its invoice goes on its way, and so does the credit note.
    """

    RESERVED = "RESERVED"
    CONFIRMED = "CONFIRMED"
    INVOICED = "INVOICED"
    DOCUMENTED = "DOCUMENTED"
    EMAILED = "EMAILED"
    REJECTED = "REJECTED"
    PARKED = "PARKED"
    CANCELLED = "CANCELLED"


PATH_OF_STATES = (State.RESERVED, State.CONFIRMED, State.INVOICED, State.DOCUMENTED, State.EMAILED)


def advance(connection: Connection, order_id: UUID, reached: State, detail: str | None = None) -> bool:
    """Moves the order to the state after its present one; False if it does not stand right before it."""
    before = PATH_OF_STATES[PATH_OF_STATES.index(reached) - 1]
    moved = connection.execute(
        "UPDATE sales_order SET state = %s, updated_at = now() WHERE id = %s AND state = %s",
        (reached.value, order_id, before.value),
    )
    if moved.rowcount == 1:
        record(connection, order_id, reached, detail)
    return moved.rowcount == 1


def awaits(connection: Connection, order_id: UUID, next_state: State) -> bool:
    """Locks the order and tells whether it stands right before `next_state`; a parked one waits for a person only."""
    before = PATH_OF_STATES[PATH_OF_STATES.index(next_state) - 1]
    row = connection.execute("SELECT state FROM sales_order WHERE id = %s FOR UPDATE", (order_id,)).fetchone()
    return row is not None and row["state"] == before


def stop(connection: Connection, order_id: UUID, state: State, reason: str) -> None:
    """Parks or rejects the order with a reason that a person can read.

    A finished order stays finished; what stopped after its end, such as a credit note, shows in its history alone.
    """
    stopped = connection.execute(
        """
        UPDATE sales_order SET state = %s, reason = %s, updated_at = now()
        WHERE id = %s AND state NOT IN ('EMAILED', 'REJECTED', 'PARKED', 'CANCELLED')
        """,
        (state.value, reason, order_id),
    )
    if stopped.rowcount == 1:
        record(connection, order_id, state, reason)
        return
    connection.execute(
        """
        INSERT INTO order_event (order_id, stage, detail)
        SELECT id, 'STOPPED', %s FROM sales_order WHERE id = %s AND state = 'EMAILED'
        """,
        (reason, order_id),
    )


def resume(connection: Connection, order_id: UUID, state: State, detail: str, actor: str | None = None) -> None:
    """Takes a parked order back to its last good state; any other order stays as it is."""
    resumed = connection.execute(
        "UPDATE sales_order SET state = %s, reason = NULL, updated_at = now() WHERE id = %s AND state = 'PARKED'",
        (state.value, order_id),
    )
    if resumed.rowcount == 1:
        note(connection, order_id, state.value, detail, actor)


def record(connection: Connection, order_id: UUID, state: State, detail: str | None = None) -> None:
    """Adds the reached state to the order's history."""
    note(connection, order_id, state.value, detail)


def note(connection: Connection, order_id: UUID, stage: str, detail: str | None, actor: str | None = None) -> None:
    """Adds a line to the order's history that may be no state of the order, such as a bounced mail.

    Without an actor it is the service whose connection this is. A mail of no order has no history.
    """
    connection.execute(
        """
        INSERT INTO order_event (order_id, stage, detail, actor)
        SELECT id, %s, %s, coalesce(%s, current_setting('application_name')) FROM sales_order WHERE id = %s
        """,
        (stage, detail, actor, order_id),
    )

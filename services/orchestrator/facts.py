"""An order's facts from the database, and the writes that carry a plan out under its row lock."""

from dataclasses import dataclass
from uuid import UUID

from services.common import orders
from services.common.database import Connection
from services.common.errors import NotFound
from services.common.orders import State
from services.common.pipeline import inbox, outbox
from services.common.pipeline.inbox import DONE
from services.orchestrator.plans import Plan
from services.orchestrator.stages import Facts, Handover, Stage


def lock(connection: Connection, order_id: UUID) -> Facts:
    """The order's facts, nobody else's to change until the transaction ends.

    Raises:
        NotFound: there is no such order.
    """
    connection.execute("SELECT FROM sales_order WHERE id = %s FOR UPDATE", (order_id,))
    return load(connection, order_id)


def load(connection: Connection, order_id: UUID) -> Facts:
    """The order's facts as they are now. A mail that another one has replaced is none: it is never sent.

    Raises:
        NotFound: there is no such order.
    """
    order = connection.execute("SELECT state FROM sales_order WHERE id = %s", (order_id,)).fetchone()
    if order is None:
        raise NotFound("there is no order with this id")
    rows = connection.execute(
        f"""
        SELECT b.path, b.queue, {DONE} AS done,
            encode(sha256(convert_to(b.body, 'UTF8')), 'hex') = b.sha256 AS intact
        FROM outbox b LEFT JOIN inbox i ON i.path = b.path AND i.consumer = b.queue
        WHERE b.order_id = %s AND i.outcome IS DISTINCT FROM 'replaced'
        ORDER BY split_part(split_part(b.path, '/', 4), '-', 1)::int, b.id
        """,  # noqa: S608 - a constant; every value is bound
        (order_id,),
    ).fetchall()
    handovers = (Handover(Stage(row["queue"]), row["path"], bool(row["done"]), row["intact"]) for row in rows)
    return Facts(order_id, State(order["state"]), tuple(handovers))


@dataclass(frozen=True)
class Leave:
    """How a plan is carried out.

    Attributes:
        actor: who has it carried out; None for the scan.
        detail: what the order's history says of it.
        delay_seconds: how much later than the plan says.
        fresh_tries: the relay may try as often as for a new payload, instead of going on counting.
    """

    actor: str | None
    detail: str
    delay_seconds: float = 0
    fresh_tries: bool = True


def carry_out(connection: Connection, order_id: UUID, plan: Plan, leave: Leave) -> None:
    """Makes the plan's payloads due for the relay, and takes the order out of PARKED, under the order's row lock."""
    for step in plan.steps:
        if step.reopen:
            inbox.reopen(connection, step.path)
        outbox.make_due(
            connection,
            step.path,
            delay_seconds=step.delay_seconds + leave.delay_seconds,
            fresh_tries=leave.fresh_tries,
        )
    if plan.state is not None:
        orders.resume(connection, order_id, plan.state, leave.detail, leave.actor)
    if plan.ask_ccp:
        connection.execute("UPDATE sales_order SET leased_until = now() WHERE id = %s", (order_id,))

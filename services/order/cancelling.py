"""`POST /orders/{id}/cancel`: whether an order may be cancelled, the wish in the database, and what came of it.

The wish is written first, under the order's lock. From then on nothing is bought for the order; whoever is asking the
CCP just then goes on, and the cancellation waits for what comes of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.common import orders
from services.common.api import Call, Reply
from services.common.api.call import found
from services.common.database import Connection
from services.common.errors import NotPossible
from services.common.orders import State
from services.order.api_models import OrderAnswer
from services.order.cancellations import Cancellations
from services.order.lookup import order_of
from services.order.returning import CHANGED

DAYS = 7
"""From its making on, an order that was sold can be cancelled; the CCP may be stricter, and then says why."""

_STANDING = f"""
    SELECT o.state, o.kind, o.ccp_transaction_id IS NOT NULL AS sold, now() - o.created_at AS age,
        o.cancel_due_at IS NOT NULL OR o.cancelled_at IS NOT NULL AS wished, {CHANGED} AS changed
    FROM sales_order o WHERE o.id = %s FOR NO KEY UPDATE OF o
"""  # noqa: S608 - a constant; every value is bound


@dataclass(frozen=True)
class Standing:
    """What of an order decides whether it can be cancelled.

    Attributes:
        kind: PURCHASE, or what change of licences it is.
        sold: it has the CCP's sale.
        age: since it was made.
        changed: its licences are not as they were sold: some were returned or extended, or are about to be.
        wished: its cancellation is under way or done.
    """

    state: State
    kind: str
    sold: bool
    age: timedelta
    changed: bool
    wished: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Standing":
        """The standing in a row."""
        return cls(State(row["state"]), row["kind"], row["sold"], row["age"], row["changed"], row["wished"])

    @property
    def refusal(self) -> str | None:
        """Why it cannot be cancelled, in words for its customer; None if it can."""
        if self.state is State.REJECTED:
            return "the cloud provider has refused the order: there is nothing to cancel"
        if self.kind != "PURCHASE":
            return "it is a change of licences that you had before: change them again instead"
        if not self.sold:
            waits = "it waits for a person to find out what the cloud provider has sold: open a support case"
            return waits if self.state is State.PARKED else None
        if self.age > timedelta(days=DAYS):
            return f"an order can be cancelled within {DAYS} days: return its licences instead"
        if self.changed:
            return "some of its licences were returned or extended since: return the others instead"
        return None


class Cancelling:
    """Takes the wish, tries at once to fulfil it, and tells what came of it."""

    def __init__(self, cancellations: Cancellations) -> None:
        self._cancellations = cancellations

    def cancel_order(self, call: Call) -> Reply:
        """The order as it stands after the first try; a repetition is told how it stands by then.

        Raises:
            NotFound: there is no such order, or it is somebody else's.
            NotPossible: it cannot be cancelled; the detail says why.
        """
        call.once(lambda connection: _ask(connection, call))
        self._cancellations.pursue(call.id)
        with call.transaction() as connection:
            order = order_of(connection, call.id)
        return _reply(order)


def _ask(connection: Connection, call: Call) -> Reply:
    standing = Standing.of(found(connection.execute(_STANDING.encode(), (call.id,)).fetchone(), "order"))
    if not standing.wished:
        if (refusal := standing.refusal) is not None:
            raise NotPossible(refusal)
        _wish(connection, call.id, call.customer.user_id)
    order = order_of(connection, call.id)
    return Reply.of(order, 202, location=_address(order))


def _wish(connection: Connection, order_id: UUID, user_id: UUID) -> None:
    connection.execute(
        """
        UPDATE sales_order SET cancel_asked_at = now(), cancel_due_at = now(), cancel_attempts = 0,
            cancel_refusal = NULL, updated_at = now()
        WHERE id = %s
        """,
        (order_id,),
    )
    orders.note(connection, order_id, "CANCEL_ASKED", None, f"user {user_id}")


def _reply(order: OrderAnswer) -> Reply:
    told = order.cancellation
    if told is None or told.outcome == "REFUSED":
        raise NotPossible((told and told.reason) or "the order is not being cancelled")
    if told.outcome == "PENDING":
        return Reply.of(order, 202, location=_address(order))
    return Reply.of(order)


def _address(order: OrderAnswer) -> str:
    return f"/orders/{order.id}"

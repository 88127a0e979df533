"""`POST /create-order`: reserve, buy, answer; or only tell what it would come to."""

from services.common.api import Call, Reply
from services.common.faults import crash_point
from services.order.api_models import CreateOrder, CreateOrderQuery
from services.order.ccp import Purchase
from services.order.kept import Kept
from services.order.offers import offer_of
from services.order.quote import parties_of, quote
from services.order.reservation import Open, reserve, resume
from services.order.settlement import Settlement


class Ordering:
    """The handler, over what settles a reserved order."""

    def __init__(self, settlement: Settlement) -> None:
        self._settlement = settlement

    def create_order(self, call: Call) -> Reply:
        """The answer that a repetition with the same key gets too; a dry run keeps nothing, and takes no key."""
        if call.query(CreateOrderQuery).dry_run:
            return _quoted(call)
        answer = self._settlement.conclude(self._reserved(call))
        crash_point("C4", answer.order_id)
        return Reply(answer.status, answer.body, {"Location": f"/orders/{answer.order_id}"})

    def _reserved(self, call: Call) -> Purchase | Kept:
        with call.transaction() as connection:
            reserved = reserve(connection, call.customer.customer_id, call.body(CreateOrder), call.key)
        if not isinstance(reserved, Open):
            return reserved
        with call.database.transaction() as connection:
            return resume(connection, reserved)


def _quoted(call: Call) -> Reply:
    command = call.body(CreateOrder)
    with call.transaction() as connection:
        offer = offer_of(connection, call.customer.customer_id, command)
        return Reply.of(quote(command, offer, parties_of(connection)))

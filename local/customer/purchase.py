"""One order from the request to the mailed invoice, as its customer follows it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from local.customer.api import Api, ApiError, Reply

FINAL = frozenset({"EMAILED", "REJECTED", "PARKED", "CANCELLED"})
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.1
RETRY_SECONDS = 0.5


@dataclass(frozen=True)
class Basket:
    """What is ordered: a quantity of a CCP service for a subscription."""

    service_item: UUID
    subscription: UUID
    amount: int

    @property
    def request(self) -> dict[str, object]:
        """The body of `POST /create-order`."""
        return {
            "ccpServiceItemId": str(self.service_item),
            "amount": self.amount,
            "subscriptionId": str(self.subscription),
        }


@dataclass(frozen=True)
class Progress:
    """A stage that the order has reached, and the seconds since the request."""

    stage: str
    detail: str | None
    seconds: float


def place(
    api: Api, basket: Basket, report: Callable[[Progress], None], *, patience_seconds: float = PATIENCE_SECONDS
) -> dict[str, Any]:
    """Orders, follows the stages, and returns the order as it ended: e-mailed, rejected or parked.

    Repeats the request with the same idempotency key until the platform has answered it, as a careful client does.

    Raises:
        ApiError: the request was refused, or the order did not end in time.
    """
    began = time.monotonic()
    until = began + patience_seconds
    address = _order(api, basket, until)
    seen = 0
    while time.monotonic() < until:
        order = _look(api, address)
        stages = order.get("stages", []) if order else []
        for stage in stages[seen:]:
            report(Progress(stage["stage"], stage["detail"], time.monotonic() - began))
        seen = len(stages)
        if order and order["state"] in FINAL:
            return order
        time.sleep(POLL_SECONDS)
    raise ApiError(f"the order {address} did not end within {patience_seconds:.0f} s")


def _order(api: Api, basket: Basket, until: float) -> str:
    key = str(uuid4())
    while True:
        reply = _try(lambda: api.post("/create-order", basket.request, idempotency_key=key))
        if reply is not None and reply.status in (201, 202) and reply.location:
            return reply.location
        if reply is not None and reply.status < 500 and reply.status != 409:
            raise ApiError(_refusal(reply))
        if time.monotonic() > until:
            raise ApiError("the order was not accepted in time")
        time.sleep(RETRY_SECONDS)


def _refusal(reply: Reply) -> str:
    """A problem document in one line, with the faults of single fields where it lists them."""
    faults = "; ".join(f"{fault['field']}: {fault['message']}" for fault in reply.document.get("errors", []))
    return f"{reply.status}: {reply.document.get('title')}: {faults or reply.document.get('detail')}"


def _look(api: Api, address: str) -> dict[str, Any] | None:
    reply = _try(lambda: api.get(address))
    return reply.document if reply is not None and reply.status == 200 else None


def _try(call: Callable[[], Reply]) -> Reply | None:
    try:
        return call()
    except ApiError:
        return None

"""Many orders by several clients at once, each followed to its end by a client that repeats what got no answer."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from local import seed
from local.customer import Api, Basket, place
from tests.support.platform import Platform

PATIENCE_SECONDS = 420.0


@dataclass(frozen=True)
class Outcome:
    """How one order ended, and after how many seconds."""

    order: dict[str, Any]
    seconds: float


class Load:
    """Orders in the background, spread over the demo's customers."""

    def __init__(self, platform: Platform, *, orders: int, clients: int) -> None:
        apis = [(customer, platform.api(customer)) for customer in seed.customers()]
        self._pool = ThreadPoolExecutor(clients, thread_name_prefix="client")
        self._futures: Sequence[Future[Outcome]] = [
            self._pool.submit(_order, apis[number % len(apis)]) for number in range(orders)
        ]

    @property
    def done(self) -> int:
        """Orders that have ended."""
        return sum(future.done() for future in self._futures)

    def outcomes(self) -> list[Outcome]:
        """Every order's end, when all have ended."""
        wait(self._futures)
        self._pool.shutdown()
        return [future.result() for future in self._futures]


def _order(who: tuple[seed.DemoCustomer, Api]) -> Outcome:
    customer, api = who
    began = time.monotonic()
    basket = Basket(seed.PRODUCT_ID, customer.subscription_id, 1)
    ended = place(api, basket, lambda _: None, patience_seconds=PATIENCE_SECONDS)
    return Outcome(ended, time.monotonic() - began)

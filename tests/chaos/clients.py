"""Careful customers: each repeats a request with the same key until it is answered, and keeps every answer it got."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid4

import urllib3

from local import seed

PATIENCE_SECONDS = 180.0
RETRY_SECONDS = 0.2
ROOM_AT_ONCE = 8

FINAL = frozenset({400, 401, 403, 404, 422})
"""Answers that no repetition changes."""


class Refused(Exception):
    """An order was refused for good."""


@dataclass(frozen=True)
class Reply:
    """An answer to `POST /create-order`; `location` is the order's address."""

    status: int
    body: bytes
    location: str

    @property
    def order(self) -> str:
        """The order's id."""
        return self.location.rpartition("/")[2]


@dataclass
class Acknowledgements:
    """What the customers were told: every accepted answer by idempotency key, and everything else by status.

    Attributes:
        run: what all keys of a run begin with. An order's id follows from its key, and the CCP remembers ids of runs
            that our database has forgotten.
    """

    run: str = field(default_factory=lambda: uuid4().hex[:8])
    accepted: dict[str, list[Reply]] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    unavailable_without_retry_after: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, key: str, answer: "urllib3.BaseHTTPResponse | Exception") -> Reply | None:
        """Keeps one answer; the reply if it ends the request."""
        with self.lock:
            if isinstance(answer, Exception):
                self._count(type(answer).__name__)
                return None
            if answer.status in (201, 202):
                reply = Reply(answer.status, answer.data, answer.headers.get("Location", ""))
                self.accepted.setdefault(key, []).append(reply)
                return reply
            self._count(str(answer.status))
            if answer.status == 503 and "Retry-After" not in answer.headers:
                self.unavailable_without_retry_after += 1
            return None

    def _count(self, what: str) -> None:
        self.others[what] = self.others.get(what, 0) + 1


class Customer:
    """One customer of the demo with a token; safe to share between threads."""

    def __init__(self, who: seed.DemoCustomer, token: str, told: Acknowledgements) -> None:
        self.who = who
        self._headers = {"Authorization": f"Bearer {token}"}
        self._told = told
        self._http = urllib3.PoolManager(maxsize=16, retries=False, timeout=urllib3.Timeout(connect=2, read=35))

    def post(self, url: str, key: str, *, amount: int = 1, subscription: UUID | None = None) -> Reply | int:
        """One try: the reply, or the status of any other answer (0 for none)."""
        key = f"{self._told.run}-{key}"
        body = {
            "ccpServiceItemId": str(seed.PRODUCT_ID),
            "amount": amount,
            "subscriptionId": str(subscription or self.who.subscription_id),
        }
        try:
            headers = {**self._headers, "Idempotency-Key": key}
            answer = self._http.request("POST", f"{url}/create-order", headers=headers, json=body)
        except urllib3.exceptions.HTTPError as fault:
            self._told.note(key, fault)
            return 0
        return self._told.note(key, answer) or answer.status

    def call(
        self, method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse | None:
        """The answer to one request, or None if there was none."""
        given = {**self._headers, **(headers or {})}
        try:
            return self._http.request(method, url, headers=given, json=body)
        except urllib3.exceptions.HTTPError:
            return None

    def get(self, url: str, path: str) -> int:
        """The status of a look at something."""
        return self._http.request("GET", f"{url}{path}", headers=self._headers).status

    def order(self, address: Callable[[], str], key: str, amount: int) -> Reply:
        """Repeats until the order is accepted.

        Raises:
            TimeoutError: it never was.
            Refused: it never will be.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            answer = self.post(address(), key, amount=amount)
            if isinstance(answer, Reply):
                return answer
            if answer in FINAL:
                raise Refused(f"the order with key {key} was answered {answer}")
            time.sleep(RETRY_SECONDS)
        raise TimeoutError(f"the order with key {key} was never accepted")


class Operator:
    """An operator, who repeats a command with the same key until it is answered."""

    def __init__(self, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = urllib3.PoolManager(maxsize=4, retries=False, timeout=urllib3.Timeout(connect=2, read=35))

    def restart(
        self, address: Callable[[], str], order: str, stage: str | None, *, key: str | None = None
    ) -> dict[str, Any]:
        """Restarts an order for real, once for the key; what the answer says.

        Raises:
            TimeoutError: no answer came.
        """
        body = {"dryRun": False, "reason": "tried out", **({"stage": stage} if stage else {})}
        headers = {**self._headers, "Idempotency-Key": key or f"{order}-{stage}"}
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with suppress(urllib3.exceptions.HTTPError):
                answer = self._http.request(
                    "POST", f"{address()}/operations/orders/{order}/restart", headers=headers, json=body
                )
                if answer.status not in (409, 429, 500, 502, 503, 504):
                    return {"status": answer.status, **answer.json()}
            time.sleep(RETRY_SECONDS)
        raise TimeoutError(f"the restart of {order} was never answered")


class Load:
    """Orders by several customers at once, in the background; which one orders how much follows from the seed.

    `room` tells how many orders more may be begun; without it they are spread over a time, or come as fast as they can.
    """

    def __init__(
        self,
        customers: Sequence[Customer],
        address: Callable[[], str],
        *,
        orders: int,
        clients: int,
        seed: int,
        over_seconds: float = 0,
        room: Callable[[], int] | None = None,
    ):
        dice = Random(seed)
        plan = [
            (dice.choice(customers), f"order-{number}-{dice.random()}", dice.randint(1, 3)) for number in range(orders)
        ]
        began = time.monotonic()
        gate = Gate(room)
        self._pool = ThreadPoolExecutor(clients, thread_name_prefix="client")
        self._futures = [
            self._pool.submit(
                _order_at, began + number * over_seconds / orders, gate, who, address, key=key, amount=amount
            )
            for number, (who, key, amount) in enumerate(plan)
        ]

    @property
    def accepted(self) -> int:
        """Orders that were accepted."""
        return sum(future.done() for future in self._futures)

    def wait(self) -> list[Reply]:
        """The replies, when every order is accepted."""
        self._pool.shutdown()
        return [future.result() for future in self._futures]


class Gate:
    """Lets through as many as there is room for, and asks for room only when the last one's is used up."""

    def __init__(self, room: Callable[[], int] | None) -> None:
        self._room, self._left, self._lock = room, 0, threading.Lock()

    def enter(self) -> None:
        """Returns when there is room for one more."""
        if self._room is None:
            return
        with self._lock:
            while self._left <= 0:
                if (found := self._room()) <= 0:
                    time.sleep(0.25)
                # A part of the room at a time: the orders at hand are not counted yet.
                self._left = max(0, min(found, ROOM_AT_ONCE))
            self._left -= 1


def _order_at(moment: float, gate: Gate, who: Customer, address: Callable[[], str], *, key: str, amount: int) -> Reply:
    time.sleep(max(0.0, moment - time.monotonic()))
    gate.enter()
    return who.order(address, key, amount)

"""Customers who order through the front all the time, and repeat what was not answered, as a good client does."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import uuid4

import urllib3

from local import seed
from tests.chaos.clients import FINAL, Acknowledgements
from tests.drill.events import NO_ANSWER, Attempt, Recorder

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 15.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
PATIENCE_SECONDS = 240.0


@dataclass(frozen=True)
class Shopper:
    """A customer's user who is signed in."""

    who: seed.DemoCustomer
    token: str


class Load:
    """So many orders a second, evenly, whatever becomes of those before: an answer that comes late delays nobody else.

    Args:
        url: of the front.
        shoppers: take turns.
        told: keeps what they are told.
        recorder: keeps when.
        rate: orders a second.
        most: requests that may wait for their answers at once; further orders are late then.
    """

    def __init__(
        self,
        url: str,
        shoppers: Sequence[Shopper],
        told: Acknowledgements,
        recorder: Recorder,
        *,
        rate: float,
        most: int = 120,
        name: str = "",
    ) -> None:
        self._url, self._told, self._recorder, self._rate = url, told, recorder, rate
        self._name = name or uuid4().hex[:8]
        self._shoppers = itertools.cycle(shoppers)
        self._http = urllib3.PoolManager(
            maxsize=most, retries=False, timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        )
        self._room, self._ended = threading.BoundedSemaphore(most), threading.Event()
        self._giving_up = threading.Event()
        self._threads: list[threading.Thread] = []
        self.given_up: list[str] = []
        """Orders that were never accepted, by key, with the last answer."""
        self._clock = threading.Thread(target=self._order_all, name="load", daemon=True)

    def __enter__(self) -> "Load":
        self._clock.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Begins no more orders; returns when every one has been accepted or given up."""
        if error[0] is not None:
            self._giving_up.set()
        self._ended.set()
        self._clock.join()
        for thread in self._threads:
            thread.join()

    def _order_all(self) -> None:
        began = time.monotonic()
        for number in itertools.count():
            if self._ended.wait(max(0.0, began + number / self._rate - time.monotonic())):
                return
            self._room.acquire()
            order = threading.Thread(
                target=self._order, args=(next(self._shoppers), f"drill-{self._name}-{number}"), daemon=True
            )
            order.start()
            self._threads = [*(thread for thread in self._threads if thread.is_alive()), order]

    def _order(self, shopper: Shopper, key: str) -> None:
        dice, until = Random(key), time.monotonic() + PATIENCE_SECONDS
        pause, answer = FIRST_PAUSE, NO_ANSWER
        amount = dice.randint(1, 3)
        try:
            while time.monotonic() < until and not self._giving_up.is_set():
                answer, advice = self._try(shopper, key, amount)
                if answer in (201, 202):
                    return
                if answer in FINAL:
                    break
                time.sleep(advice if advice is not None else pause * dice.uniform(0.5, 1.0))
                pause = min(LONGEST_PAUSE, 2 * pause)
            self.given_up.append(f"{key}: {answer}")
        finally:
            self._room.release()

    def _try(self, shopper: Shopper, key: str, amount: int) -> tuple[int, float | None]:
        """The status, and after how many seconds to come back if the answer says so."""
        body = {
            "ccpServiceItemId": str(seed.PRODUCT_ID),
            "amount": amount,
            "subscriptionId": str(shopper.who.subscription_id),
        }
        headers = {"Authorization": f"Bearer {shopper.token}", "Idempotency-Key": key}
        at = self._recorder.now
        try:
            answer = self._http.request("POST", f"{self._url}/create-order", headers=headers, json=body)
        except urllib3.exceptions.HTTPError as fault:
            self._keep(at, key, NO_ANSWER)
            self._told.note(key, fault)
            return NO_ANSWER, None
        self._keep(at, key, answer.status)
        self._told.note(key, answer)
        advice = answer.headers.get("Retry-After", "")
        return answer.status, float(advice) if advice.isdecimal() else None

    def _keep(self, at: float, key: str, status: int) -> None:
        self._recorder.attempts.append(Attempt(at, self._recorder.now - at, key, status))


class Regularly:
    """Calls something at a pace, in a thread of its own, as long as the block lasts."""

    def __init__(self, call: Callable[[], object], seconds: float) -> None:
        self._call, self._seconds = call, seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> "Regularly":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._ended.wait(self._seconds):
            self._call()

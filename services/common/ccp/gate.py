"""The one gate of a process before the CCP: the circuit breaker, and a limit on calls at the same time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.common.ccp import breaker

CALLS = 6
"""Calls at once. Fewer than the web server's threads, so that a CCP that hangs leaves some for everything else."""

QUEUE = 4
"""Calls that wait for one of these places; all others are refused at once, so that waiting takes no more threads."""

QUEUE_SECONDS = 1.0
"""How long a call waits for its turn before it is refused."""


class GateClosed(Exception):
    """The CCP may not be called now; `seconds` says when it may."""

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Gate:
    """Remembers how the CCP does, across requests and threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._state: breaker.State = breaker.Closed()
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(CALLS)
        self._places = threading.BoundedSemaphore(CALLS + QUEUE)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Room for one call, whose outcome the caller reports within.

        Raises:
            GateClosed: the circuit is open, or too many calls are under way.
        """
        with _held(self._places, 0.0), _held(self._turns, QUEUE_SECONDS):
            with self._lock:
                self._state, seconds = breaker.admit(self._state, self._clock())
            if seconds > 0:
                raise GateClosed("the CCP is not called for now", seconds)
            yield

    def succeeded(self) -> None:
        """The CCP has answered, be it with a refusal."""
        with self._lock:
            self._state = breaker.succeeded(self._state)

    def failed(self, retry_after: float | None = None) -> None:
        """The CCP has not answered, or is in trouble; `retry_after` are the seconds it asked for."""
        with self._lock:
            self._state = breaker.failed(self._state, self._clock(), retry_after)

    def wait(self) -> float:
        """How many seconds a call would have to wait now; 0 if it would go through."""
        with self._lock:
            return breaker.wait(self._state, self._clock())


@contextmanager
def _held(places: threading.BoundedSemaphore, seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise GateClosed(f"{CALLS} calls to the CCP are under way", QUEUE_SECONDS)
    try:
        yield
    finally:
        places.release()

"""Idempotency keys: the first call under a key has its effect, every later one gets what came of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol, TypeVar

from local.ccp.errors import KeyInFlightError, KeyReusedError
from local.ccp.faults import Plan
from local.ccp.orders import Claim


class Recorded(Protocol):
    """What is kept of a call that had its effect."""

    @property
    def request(self) -> str:
        """The request, in the same text for the same request."""


Entry = TypeVar("Entry", bound=Recorded)


class Keys:
    """The idempotency keys that calls are working under. A crash frees them, and leaves a whole effect or none."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: set[str] = set()

    def once(
        self,
        claim: Claim,
        plan: Plan,
        request: str,
        earlier: Callable[[str], Entry | None],
        make: Callable[[], Entry],
    ) -> tuple[Entry, bool]:
        """What the call comes to, and whether an earlier one had made it.

        Args:
            claim: the key, if the call has one.
            plan: how long the call takes, and whether keys are honoured at all.
            request: what is asked for.
            earlier: finds what was made under a key.
            make: has the effect.

        Raises:
            KeyReusedError: the key came before with another request.
            KeyInFlightError: another call holds the key.
        """
        honoured = None if plan.switches.ignore_idempotency_keys else claim.key
        with self._hold(honoured):
            time.sleep(plan.switches.latency_ms / 1000)
            known = earlier(honoured) if honoured else None
            if known is None:
                return make(), False
        if known.request != request:
            raise KeyReusedError(f"the idempotency key {honoured} was used for another request; take a new key")
        return known, True

    @contextmanager
    def _hold(self, key: str | None) -> Iterator[None]:
        if key is None:
            yield
            return
        with self._lock:
            if key in self._held:
                raise KeyInFlightError(f"a call under the idempotency key {key} is in progress; ask again")
            self._held.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(key)

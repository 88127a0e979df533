"""Unwrapped data keys in memory: few, and none for long, so that a key that KMS takes back stops working here too."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from services.common.sealing.cipher import DataKey


class KeyCache:
    """At most `size` keys, each for at most `seconds`; the least recently used goes first. Safe between threads."""

    def __init__(self, size: int, seconds: float, clock: Callable[[], float]) -> None:
        self._size, self._seconds, self._clock = size, seconds, clock
        self._held: OrderedDict[UUID, tuple[DataKey, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key_id: UUID) -> DataKey | None:
        """The key, or None if it is not held, or not any more."""
        with self._lock:
            key, until = self._held.get(key_id, (None, 0.0))
            if key is None:
                return None
            if self._clock() >= until:
                del self._held[key_id]
                return None
            self._held.move_to_end(key_id)
            return key

    def put(self, key: DataKey) -> None:
        """Holds the key from now on."""
        with self._lock:
            self._held[key.id] = (key, self._clock() + self._seconds)
            self._held.move_to_end(key.id)
            while len(self._held) > self._size:
                self._held.popitem(last=False)

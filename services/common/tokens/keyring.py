"""An issuer's keys as this process knows them: few questions to the issuer, however many forged tokens come."""

import logging
import threading
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.common.errors import Unavailable
from services.common.tokens.publication import Keys, Unreadable

FRESH_SECONDS = 300.0
"""A key that the issuer has withdrawn counts no longer than this, while the issuer answers."""
COOL_DOWN_SECONDS = 30.0
"""The issuer is asked once in this time at most: so long may a rotated key be unknown; issuers announce theirs."""
FIRST_COOL_DOWN_SECONDS = 5.0
"""The same, as long as no key is known at all and nobody gets in."""

_log = logging.getLogger(__name__)


class KeyRing:
    """The keys of one issuer; safe to share between threads, of which at most one asks the issuer at a time.

    Keys outlive an outage: without an answer the known ones stay.
    """

    def __init__(self, read: Callable[[], Keys], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._reading = threading.Lock()
        self._keys: Keys = {}
        self._fresh_until = float("-inf")
        self._silent_until = float("-inf")
        self._failed = False

    def find(self, kid: str) -> RSAPublicKey | None:
        """The key of that id, or None if the issuer has no such key.

        Raises:
            Unavailable: that cannot be said, because the issuer's keys could not be read.
        """
        if kid not in self._keys:
            with self._reading:
                self._ask()
        elif self._clock() >= self._fresh_until and self._reading.acquire(blocking=False):
            # One thread looks; the others go on with what is known.
            try:
                self._ask()
            finally:
                self._reading.release()
        key = self._keys.get(kid)
        if key is None and self._failed:
            raise Unavailable("the identity provider's keys cannot be read")
        return key

    def _ask(self) -> None:
        """Reads the keys anew, unless that was done just now. The caller holds the lock."""
        if self._clock() < self._silent_until:
            return
        try:
            self._keys, self._failed = self._read(), False
            self._fresh_until = self._clock() + FRESH_SECONDS
        except Unreadable as fault:
            self._failed = True
            _log.warning("the issuer's keys could not be read", extra={"reason": fault})
        self._silent_until = self._clock() + (COOL_DOWN_SECONDS if self._keys else FIRST_COOL_DOWN_SECONDS)

"""Envelope encryption of secrets at rest: sealed under data keys, which are kept wrapped by KMS beside what they seal.

A secret is sealed in memory by a `Sealer`, which is had before the work begins: whoever holds one needs neither KMS nor
the table of keys any more, so that nothing can fail for want of them once the work is done.
"""

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from services.common.database import Database
from services.common.errors import Unavailable
from services.common.sealing import data_keys
from services.common.sealing.cipher import DataKey, NotGenuine, Sealed
from services.common.sealing.data_keys import Kind, WrappedKey
from services.common.sealing.key_cache import KeyCache
from services.common.sealing.key_service import KeyService

SECONDS = 3600.0
"""How long a process seals with one data key, and holds one that it has unwrapped."""
SECRETS = 10_000
"""How many secrets are sealed under one data key, give or take those of the threads that have it just then."""
CACHED = 1_000
"""Unwrapped data keys in memory."""
PATIENCE_SECONDS = 1.0
"""How long a thread waits for another one that is at KMS; with more, a KMS that hangs would soon hold every thread."""


class Sealer:
    """Seals secrets in memory, for the work at hand; made by `Vault.sealer`."""

    def __init__(self, data_key: DataKey, fingerprint_key: DataKey, until: float) -> None:
        self._data_key, self._fingerprint_key = data_key, fingerprint_key
        self._until = until
        self._sealed = 0

    def seal(self, secret: bytes, bound_to: str) -> Sealed:
        """The secret, to be opened by `Vault.open` with the same binding alone.

        Args:
            secret: what nobody may read in the database.
            bound_to: names the kind of secret, its row and its owner, for example `license/<id>/<customer>`.
        """
        self._sealed += 1
        return self._data_key.seal(secret, bound_to)

    def fingerprint(self, secret: bytes) -> bytes:
        """The same 32 bytes for the same secret, in every process and region, which tell nothing of it."""
        return hmac.digest(self._fingerprint_key.secret, secret, hashlib.sha256)

    def spent(self, now: float) -> bool:
        """Whether the next work takes another data key; one that has sealed nothing is as good as new."""
        return self._sealed >= SECRETS or (self._sealed > 0 and now >= self._until)


class Vault:
    """Seals and opens; one per process, safe to share between threads.

    KMS is called here, and a connection taken for a moment: no method may be called within a transaction.
    """

    def __init__(
        self, database: Database, key_service: KeyService, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._key_service, self._clock = database, key_service, clock
        self._keys = KeyCache(CACHED, SECONDS, clock)
        self._sealer: Sealer | None = None
        self._turn = threading.Lock()

    def sealer(self) -> Sealer:
        """What seals the secrets of the work at hand.

        Raises:
            Unavailable: KMS or the database does not answer.
        """
        if (sealer := self._usable()) is not None:
            return sealer
        with self._alone():
            if (sealer := self._usable()) is None:
                # The time counts from before the calls, like the cache's.
                until = self._clock() + SECONDS
                self._sealer = sealer = Sealer(self._new_key(), self._fingerprint_key(), until)
            return sealer

    def open(self, sealed: Sealed, bound_to: str) -> bytes:
        """The secret.

        Raises:
            NotGenuine: it was altered or moved, or was sealed with another binding.
            Unavailable: KMS or the database does not answer.
        """
        key = self._keys.get(sealed.data_key_id)
        if key is None:
            with self._alone():
                key = self._keys.get(sealed.data_key_id) or self._kept_key(sealed.data_key_id)
        return key.open(sealed, bound_to)

    def forget(self) -> None:
        """Seals with a new data key from now on: the database does not have the present one.

        That is so after a failover to a region that had not yet got the key's row.
        """
        self._sealer = None

    def _usable(self) -> Sealer | None:
        sealer = self._sealer
        return None if sealer is None or sealer.spent(self._clock()) else sealer

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise Unavailable("another request waits for the key service; try again")
        try:
            yield
        finally:
            self._turn.release()

    def _new_key(self) -> DataKey:
        key, wrapped = self._generate(Kind.SEAL)
        with self._database.transaction() as connection:
            data_keys.add(connection, wrapped)
        self._keys.put(key)
        return key

    def _kept_key(self, key_id: UUID) -> DataKey:
        with self._database.transaction() as connection:
            wrapped = data_keys.by_id(connection, key_id)
        if wrapped is None:
            raise NotGenuine(f"there is no data key {key_id}")
        return self._unwrap(wrapped)

    def _fingerprint_key(self) -> DataKey:
        with self._database.transaction() as connection:
            kept = data_keys.of_fingerprints(connection)
        if kept is None:
            _, made = self._generate(Kind.FINGERPRINT)
            with self._database.transaction() as connection:
                data_keys.add(connection, made)
                # Another process may have been faster: all use the one that is kept.
                kept = data_keys.of_fingerprints(connection) or made
        return self._keys.get(kept.id) or self._unwrap(kept)

    def _generate(self, kind: Kind) -> tuple[DataKey, WrappedKey]:
        key_id = uuid4()
        made = self._key_service.generate(data_keys.context_of(key_id, kind))
        return DataKey(key_id, made.secret), WrappedKey(key_id, kind, made.wrapped, made.kms_key_id)

    def _unwrap(self, wrapped: WrappedKey) -> DataKey:
        secret = self._key_service.unwrap(wrapped.wrapped, wrapped.kms_key_id, wrapped.context)
        key = DataKey(wrapped.id, secret)
        self._keys.put(key)
        return key

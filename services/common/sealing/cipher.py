"""Encryption of one secret under one data key: AES-256 in GCM, bound to the row that the secret belongs to.

The binding is authenticated with the ciphertext and stored nowhere: what opens in one row does not open in another.
"""

import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
"""What GCM takes as it is; drawn at random, which is safe for 2^32 secrets under one key (NIST SP 800-38D, 8.3)."""


class NotGenuine(Exception):
    """What is kept is not what was sealed, or not for this row: it was altered, moved, or its key is another one."""


@dataclass(frozen=True)
class Sealed:
    """What is kept in the place of a secret: nonce, ciphertext and tag, and which data key opens them."""

    data_key_id: UUID
    ciphertext: bytes


@dataclass(frozen=True)
class DataKey:
    """A data key, unwrapped: in memory only."""

    id: UUID
    secret: bytes = field(repr=False)

    def seal(self, secret: bytes, bound_to: str) -> Sealed:
        """The secret, to be opened with the same binding alone."""
        nonce = os.urandom(NONCE_BYTES)
        return Sealed(self.id, nonce + AESGCM(self.secret).encrypt(nonce, secret, bound_to.encode()))

    def open(self, sealed: Sealed, bound_to: str) -> bytes:
        """The secret.

        Raises:
            NotGenuine: this key and binding do not open it.
        """
        nonce, ciphertext = sealed.ciphertext[:NONCE_BYTES], sealed.ciphertext[NONCE_BYTES:]
        try:
            return AESGCM(self.secret).decrypt(nonce, ciphertext, bound_to.encode())
        except (InvalidTag, ValueError):
            raise NotGenuine(f"data key {self.id} does not open it as {bound_to}") from None

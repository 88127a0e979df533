"""A KMS in this process, for tests that are about something else or that let it fail."""

import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.common.database import Database
from services.common.errors import Unavailable
from services.common.sealing.cipher import NotGenuine
from services.common.sealing.key_service import Generated, KeyService
from services.common.sealing.vault import Vault

NOT_WRAPPED = "wrapped by nobody here"
MASTER = os.urandom(32)
"""One for all, as all processes and regions have the same KMS key."""


class Keys(KeyService):
    """Wraps data keys with the encryption context, as KMS does.

    Attributes:
        down: whether it answers nobody.
        calls: how often it was asked.
    """

    def __init__(self) -> None:
        self.down, self.calls = False, 0

    def generate(self, context: Mapping[str, str]) -> Generated:
        self._answer()
        secret, nonce = os.urandom(32), os.urandom(12)
        return Generated(secret, nonce + AESGCM(MASTER).encrypt(nonce, secret, _told(context)), "mrk-test")

    def unwrap(self, wrapped: bytes, kms_key_id: str, context: Mapping[str, str]) -> bytes:
        self._answer()
        try:
            return AESGCM(MASTER).decrypt(wrapped[:12], wrapped[12:], _told(context))
        except InvalidTag:
            raise NotGenuine(NOT_WRAPPED) from None

    def _answer(self) -> None:
        self.calls += 1
        if self.down:
            raise Unavailable("the key service does not answer; try again")


def vault(database: Database, keys: Keys | None = None) -> Vault:
    """A vault over that KMS, or over one of its own that works."""
    return Vault(database, keys or Keys())


def _told(context: Mapping[str, str]) -> bytes:
    return json.dumps(context, sort_keys=True).encode()

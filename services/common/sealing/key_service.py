"""KMS, as sealing needs it: new data keys, and those it has wrapped, unwrapped again.

No other key of the account can be used through this: the grants name the key and ask for the context.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.common.errors import Unavailable
from services.common.sealing.cipher import NotGenuine
from services.common.settings import SecretsSettings

CONFIG = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})
"""A request waits for it, and the gateway for the request: five seconds at most, and usually a few hundredths."""

FOREIGN = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
"""KMS answers, and has not wrapped this: no repetition changes that."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Generated:
    """A new data key, in clear and wrapped; `kms_key_id` is what it is wrapped under, the same in every region."""

    secret: bytes = field(repr=False)
    wrapped: bytes
    kms_key_id: str


class KeyService:
    """Calls KMS; safe to share between threads. Never to be called while a database connection is held."""

    def __init__(self, settings: SecretsSettings) -> None:
        self._key = settings.secrets_key_arn
        self._kms: Any = boto3.client("kms", region_name=settings.aws_region, config=CONFIG)

    def generate(self, context: Mapping[str, str]) -> Generated:
        """A new data key of 256 bits, which opens in the same context alone.

        Raises:
            Unavailable: KMS does not answer, or refuses us.
        """
        made = self._call(self._kms.generate_data_key, KeyId=self._key, KeySpec="AES_256", context=context)
        return Generated(made["Plaintext"], made["CiphertextBlob"], made["KeyId"].rpartition("/")[2])

    def unwrap(self, wrapped: bytes, kms_key_id: str, context: Mapping[str, str]) -> bytes:
        """A wrapped data key in clear.

        Raises:
            NotGenuine: KMS has not wrapped this in this context.
            Unavailable: KMS does not answer, or refuses us.
        """
        clear: bytes = self._call(self._kms.decrypt, KeyId=kms_key_id, CiphertextBlob=wrapped, context=context)[
            "Plaintext"
        ]
        return clear

    def _call(self, operation: Any, *, context: Mapping[str, str], **arguments: object) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = operation(EncryptionContext=dict(context), **arguments)
        except ClientError as fault:
            if fault.response["Error"]["Code"] in FOREIGN:
                raise NotGenuine("KMS has not wrapped this data key for us") from None
            raise _unavailable(fault) from fault
        except BotoCoreError as fault:
            raise _unavailable(fault) from fault
        return answer


def _unavailable(fault: Exception) -> Unavailable:
    _log.error("kms-unavailable", extra={"reason": fault})
    return Unavailable("the key service does not answer; try again")

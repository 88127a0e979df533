"""A licence's key as it is kept: sealed, bound to its licence and its owner, with a fingerprint that finds it twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.common.sealing.cipher import Sealed
from services.common.sealing.vault import Sealer, Vault


@dataclass(frozen=True)
class SealedKey:
    """What the row of a licence gets in the place of its key."""

    license_id: UUID
    sealed: Sealed
    fingerprint: bytes


def seal(sealer: Sealer, license_id: UUID, customer: UUID, key: str) -> SealedKey:
    """The key for the row of that licence, which that customer owns."""
    secret = key.encode()
    return SealedKey(license_id, sealer.seal(secret, _bound_to(license_id, customer)), sealer.fingerprint(secret))


def opened(vault: Vault, row: Mapping[str, Any]) -> str:
    """The key in clear, for its owner alone; not to be called within a transaction.

    Args:
        vault: what opens it.
        row: `id`, `customer_id`, `key`, `sealed_key` and `data_key_id` of the licence. An earlier release's key is in
            clear until it has been sealed.

    Raises:
        NotGenuine: what is sealed was altered, or belongs to another licence or customer.
        Unavailable: it cannot be opened now.
    """
    if row["sealed_key"] is None:
        clear: str = row["key"]
        return clear
    sealed = Sealed(row["data_key_id"], row["sealed_key"])
    return vault.open(sealed, _bound_to(row["id"], row["customer_id"])).decode()


def _bound_to(license_id: UUID, customer: UUID) -> str:
    return f"license/{license_id}/{customer}"

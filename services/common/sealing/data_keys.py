"""The table of wrapped data keys: each is written once, before anything is sealed with it, and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.common.database import Connection
from services.registry import SECRETS_CONTEXT


class Kind(StrEnum):
    """What a data key is for."""

    SEAL = "SEAL"
    """Seals secrets; there are many."""

    FINGERPRINT = "FINGERPRINT"
    """Makes fingerprints that all processes and regions have to agree on; there is one."""


@dataclass(frozen=True)
class WrappedKey:
    """A data key as it is kept: of no use to anybody without KMS."""

    id: UUID
    kind: Kind
    wrapped: bytes
    kms_key_id: str

    @property
    def context(self) -> Mapping[str, str]:
        """What KMS was told when it wrapped the key: a wrapped key copied into another row does not open there."""
        return context_of(self.id, self.kind)


def context_of(key_id: UUID, kind: Kind) -> Mapping[str, str]:
    """The encryption context of a data key; KMS writes it into its trail in clear."""
    return {**SECRETS_CONTEXT, "kind": kind.value, "dataKey": str(key_id)}


def add(connection: Connection, key: WrappedKey) -> None:
    """Keeps the key; of the one that makes fingerprints the first stays."""
    connection.execute(
        "INSERT INTO data_key (id, kind, wrapped, kms_key_id) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (key.id, key.kind.value, key.wrapped, key.kms_key_id),
    )


def by_id(connection: Connection, key_id: UUID) -> WrappedKey | None:
    """The key of that id, or None."""
    return _one(connection, "id = %s", key_id)


def of_fingerprints(connection: Connection) -> WrappedKey | None:
    """The key that makes fingerprints, or None before the first."""
    return _one(connection, "kind = %s", Kind.FINGERPRINT.value)


def _one(connection: Connection, condition: str, value: object) -> WrappedKey | None:
    row = connection.execute(
        f"SELECT id, kind, wrapped, kms_key_id FROM data_key WHERE {condition}".encode(),  # noqa: S608 - two constants
        (value,),
    ).fetchone()
    return None if row is None else WrappedKey(row["id"], Kind(row["kind"]), row["wrapped"], row["kms_key_id"])

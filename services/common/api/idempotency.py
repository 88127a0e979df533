"""`Idempotency-Key`: the first request under a key is worked on, every repetition gets the answer of the first.

A key belongs to one customer or one operator and to one route. Its row is written in the transaction of the request's
own effect, so that no crash can leave the one without the other.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from pydantic import BaseModel

from services.common.database import Connection
from services.common.errors import InFlight, InvalidRequest, KeyReused
from services.common.sealing.cipher import Sealed

RETRY_AFTER = {"Retry-After": "2"}


@dataclass(frozen=True)
class Key:
    """An `Idempotency-Key` header: at most 255 printable ASCII characters."""

    value: str

    @classmethod
    def parse(cls, header: str | None) -> "Key | None":
        """The header's key, or None without a header.

        Raises:
            InvalidRequest: empty, too long, or with characters that are not printable ASCII.
        """
        if header is None:
            return None
        if not (0 < len(header) <= 255 and header.isascii() and header.isprintable()):
            raise InvalidRequest("the Idempotency-Key header takes 1 to 255 printable ASCII characters")
        return cls(header)


@dataclass(frozen=True)
class Claim:
    """One request under its key: whose it is (`customer` or `operator`, never both), on which route, and its body."""

    route: str
    key: Key
    fingerprint: str
    customer: UUID | None = None
    operator: UUID | None = None


@dataclass(frozen=True)
class Known:
    """What is kept of an earlier request; `status` is None while it has no final answer.

    `body` is None then, and for an answer that shows secrets: that one is `sealed`, for its own service to open.
    """

    order_id: UUID | None
    status: int | None
    body: str | None = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    sealed: Sealed | None = None


def fingerprint(command: BaseModel) -> str:
    """What tells one request's body from another's, whatever its spaces and the order of its fields."""
    return hashlib.sha256(command.model_dump_json().encode()).hexdigest()


def find(connection: Connection, claim: Claim) -> Known | None:
    """What is kept under the key, or None if this is its first request.

    Raises:
        KeyReused: the key came with another body before.
    """
    row = connection.execute(
        """
        SELECT fingerprint, order_id, status, body, headers, sealed_body, data_key_id FROM idempotency_key
        WHERE scope = %s AND route = %s AND key = %s
        """,
        (claim.customer or claim.operator, claim.route, claim.key.value),
    ).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != claim.fingerprint:
        raise KeyReused("this Idempotency-Key came with another body before; use a new key for a new request")
    return Known(row["order_id"], row["status"], row["body"], row["headers"], sealed_body(row))


def sealed_body(row: Mapping[str, Any]) -> Sealed | None:
    """The sealed body in a row's `sealed_body` and `data_key_id`, if it has one."""
    return None if row["sealed_body"] is None else Sealed(row["data_key_id"], row["sealed_body"])


def begin(connection: Connection, claim: Claim, order_id: UUID | None = None) -> None:
    """Takes the key for this request; visible to others at the commit, together with the request's effect.

    Raises:
        InFlight: another request has the key.
    """
    try:
        inserted = connection.execute(
            """
            INSERT INTO idempotency_key (customer_id, operator, route, key, fingerprint, order_id)
            VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            (claim.customer, claim.operator, claim.route, claim.key.value, claim.fingerprint, order_id),
        ).rowcount
    except psycopg.errors.LockNotAvailable:
        inserted = 0
    if inserted == 0:
        raise in_flight()


def keep(
    connection: Connection, claim: Claim, status: int, body: str, headers: Mapping[str, str] | None = None
) -> None:
    """Stores the final answer for every repetition of the request."""
    connection.execute(
        """
        UPDATE idempotency_key SET status = %s, body = %s, headers = %s, updated_at = now()
        WHERE scope = %s AND route = %s AND key = %s
        """,
        (status, body, Jsonb(dict(headers or {})), claim.customer or claim.operator, claim.route, claim.key.value),
    )


def in_flight() -> InFlight:
    """The refusal of a repetition that came before the first request had its answer."""
    return InFlight("the first request with this key is still running", headers=RETRY_AFTER)

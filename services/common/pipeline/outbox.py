"""The transactional outbox: what a transaction wants sent is a row of the same transaction.

Nobody but the relay writes payloads to S3 or messages to a queue, so no message names a missing object and no object or
message exists without its order.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel

from services.common.database import Connection
from services.common.pipeline.payloads import MAX_PAYLOAD_BYTES

NOBODY = UUID(int=0)
"""Stands in the customer's place in the path of a mail to people of our own."""
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PATH = re.compile(rf"{_UUID}/{_UUID}/[a-z]+/[0-9]+-[0-9a-f]{{64}}\.json")
"""A payload's key: customer, order, stage, revision and hash; nothing in it comes from outside."""


@dataclass(frozen=True)
class Payload:
    """One manifest on its way to a queue; `path` is its S3 key and its identity for ever."""

    path: str
    queue: str
    order_id: UUID
    customer_id: UUID
    body: str
    sha256: str

    @property
    def length(self) -> int:
        """Bytes of the encoded body."""
        return len(self.body.encode())


def payload(queue: str, customer_id: UUID, order_id: UUID, revision: int, manifest: BaseModel) -> Payload:
    """The payload that hands `manifest` to `queue`; equal manifests give equal bytes and so the same path."""
    body = json.dumps(manifest.model_dump(mode="json", by_alias=True), ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(body.encode()).hexdigest()
    path = f"{customer_id}/{order_id}/{queue}/{revision}-{digest}.json"
    return Payload(path, queue, order_id, customer_id, body, digest)


def add(connection: Connection, item: Payload) -> None:
    """Puts the payload into the outbox, within the caller's transaction; the same path twice is one row."""
    connection.execute(
        """
        INSERT INTO outbox (path, queue, order_id, customer_id, body, sha256, length)
        VALUES (%s, %s, %s, nullif(%s, %s), %s, %s, %s) ON CONFLICT (path) DO NOTHING
        """,
        (item.path, item.queue, item.order_id, item.customer_id, NOBODY, item.body, item.sha256, item.length),
    )


def hand_over_anew(connection: Connection, path: str) -> bool:
    """Makes the relay write the payload to S3 once more and send it, from the copy that the database holds.

    That counts as one of its tries, and each time it waits a second longer. False if the copy is not genuine.
    """
    row = connection.execute("SELECT body, sha256 FROM outbox WHERE path = %s", (path,)).fetchone()
    if row is None or genuine(row["body"], row["sha256"]) is None:
        return False
    connection.execute(
        """
        UPDATE outbox SET consumed_at = NULL, stored_anew_at = now(),
            due_at = now() + make_interval(secs => greatest(0, attempts - 1))
        WHERE path = %s
        """,
        (path,),
    )
    connection.execute("SELECT pg_notify('outbox', '')")
    return True


def make_due(connection: Connection, path: str, *, delay_seconds: float = 0, fresh_tries: bool = True) -> None:
    """Makes the relay send the path after the delay, with all its tries before it or those that were left."""
    connection.execute(
        """
        UPDATE outbox
        SET consumed_at = NULL, due_at = now() + make_interval(secs => %s),
            attempts = CASE WHEN %s THEN 0 ELSE attempts END
        WHERE path = %s
        """,
        (delay_seconds, fresh_tries, path),
    )
    connection.execute("SELECT pg_notify('outbox', '')")


def genuine(body: str, sha256: str) -> bytes | None:
    """The body's bytes, if they have the hash and are not more than a reader takes."""
    encoded = body.encode()
    if len(encoded) > MAX_PAYLOAD_BYTES or hashlib.sha256(encoded).hexdigest() != sha256:
        return None
    return encoded

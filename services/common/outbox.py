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
        VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (path) DO NOTHING
        """,
        (item.path, item.queue, item.order_id, item.customer_id, item.body, item.sha256, item.length),
    )

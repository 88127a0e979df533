"""The relay's one step: take the due rows of the outbox, put each payload into S3, send its path, mark it.

A row stays due until a consumer has finished it: what a crashed queue or worker lost is simply sent again, and the
inbox makes the second delivery harmless. A row that nobody finishes in `MAX_ATTEMPTS` tries parks its order.

Rows are leased, not locked, while S3 and SQS are called: a consumer that is fast, or a batch that is slow, must not
wait for the relay's transaction.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any, Protocol

from services.common import orders
from services.common.database import Connection, Database
from services.common.faults import crash_point
from services.common.payloads import PayloadStore

BATCH = 10
LEASE_SECONDS = 30
"""How long a row that was taken is not due for anybody else; what could not be sent waits for as long."""
MAX_ATTEMPTS = 8
RESEND_SECONDS = (60, 120, 300, 600, 1800, 3600, 7200, 14400)
"""How long a sent payload may stay unconsumed, by the number of times it was sent: the first wait is no shorter
than a message's visibility timeout, the sum stays below the queue's retention."""

_log = logging.getLogger(__name__)

_TAKE = """
    UPDATE outbox SET due_at = now() + make_interval(secs => %s)
    WHERE id = ANY (ARRAY(
        SELECT id FROM outbox WHERE consumed_at IS NULL AND due_at <= now()
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ))
    RETURNING id, path, queue, order_id, body, attempts
"""
_SENT = """
    UPDATE outbox SET attempts = attempts + 1, sent_at = now(), due_at = now() + make_interval(secs => %s) WHERE id = %s
"""


class Sender(Protocol):
    """Sends messages to the queues, by the queues' registered names."""

    def send(self, queue: str, bodies: Mapping[str, str]) -> frozenset[str]:
        """Sends each body under its id; the ids that the queue has accepted."""


def relay_batch(database: Database, payloads: PayloadStore, sender: Sender) -> int:
    """Relays up to `BATCH` due rows; how many were due."""
    with database.transaction() as connection:
        rows = connection.execute(_TAKE, (LEASE_SECONDS, BATCH)).fetchall()
        given_up = [row for row in rows if row["attempts"] >= MAX_ATTEMPTS]
        for row in given_up:
            _give_up(connection, row)
    due = [row for row in rows if row["attempts"] < MAX_ATTEMPTS]
    for row in due:
        crash_point("C5", row["order_id"])
        payloads.put_once(row["path"], row["body"].encode(), "application/json")
        crash_point("C6", row["order_id"])
    for queue in {row["queue"] for row in due}:
        batch = {str(row["id"]): row for row in due if row["queue"] == queue}
        accepted = sender.send(queue, {key: json.dumps({"path": row["path"]}) for key, row in batch.items()})
        with database.transaction() as connection:
            for key in accepted:
                crash_point("C7", batch[key]["order_id"])
                _mark(connection, batch[key])
                crash_point("C8", batch[key]["order_id"])
    return len(rows)


def _mark(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_SENT, (RESEND_SECONDS[row["attempts"]], row["id"]))
    extra = {"order_id": row["order_id"], "queue": row["queue"], "attempt": row["attempts"] + 1}
    _log.log(logging.WARNING if row["attempts"] else logging.INFO, "payload sent", extra=extra)


def _give_up(connection: Connection, row: dict[str, Any]) -> None:
    reason = f"nobody finished {row['path']} on the queue '{row['queue']}' in {MAX_ATTEMPTS} deliveries"
    connection.execute("UPDATE outbox SET due_at = 'infinity' WHERE id = %s", (row["id"],))
    orders.stop(connection, row["order_id"], orders.State.PARKED, reason)
    _log.error("parked", extra={"order_id": row["order_id"], "queue": row["queue"], "reason": reason})

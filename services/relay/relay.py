"""The relay's one step: take the due rows of the outbox, put each payload into S3, send its path, mark it.

A row stays due until a consumer has finished it: what a crashed queue or worker lost is simply sent again, and the
inbox makes the second delivery harmless. A row that nobody finishes in all the tries of its queue parks its order.

Any region's relay takes any row, to its own bucket and queues, except that a mail goes out where its documents lie.

Rows are leased, not locked, while S3 and SQS are called: a consumer that is fast, or a batch that is slow, must not
wait for the relay's transaction.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from services.common import orders
from services.common.database import Connection, Database
from services.common.errors import Unavailable
from services.common.faults import crash_point
from services.common.pipeline.payloads import PayloadStore
from services.registry import QUEUES

BATCH = 10
LEASE_SECONDS = 30
"""How long a row that was taken is not due for anybody else; what could not be sent waits for as long."""
ABANDONED_SECONDS = 900
"""How long a mail is left to the region in which it was handed over: its documents lie in that region's bucket, and
where they do not the mail waits for a person. A busy region gets round to it; a lost one gives its mails up at once.
"""
PATIENCE = {queue.name: queue.resend_seconds for queue in QUEUES}

_log = logging.getLogger(__name__)

_TAKE = """
    UPDATE outbox SET due_at = now() + make_interval(secs => %s)
    WHERE id = ANY (ARRAY(
        SELECT id FROM outbox WHERE consumed_at IS NULL AND due_at <= now() AND (
            queue <> 'email' OR region IS NULL OR region = current_setting('cloudsales.region', true)
            OR due_at < now() - make_interval(secs => %s)
        )
        ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED
    ))
    RETURNING id, path, queue, order_id, body, attempts
"""
_GIVE_BACK = "UPDATE outbox SET due_at = now() WHERE id = ANY (%s) AND consumed_at IS NULL"
_SENT = """
    UPDATE outbox SET attempts = attempts + 1, sent_at = now(), due_at = now() + make_interval(secs => %s) WHERE id = %s
"""


class Sender(Protocol):
    """Sends messages to the queues, by the queues' registered names."""

    def send(self, queue: str, bodies: Mapping[str, str]) -> frozenset[str]:
        """Sends each body under its id; the ids that the queue has accepted."""


def relay_batch(database: Database, payloads: PayloadStore, sender: Sender) -> int:
    """Relays up to `BATCH` due rows; how many were due.

    Raises:
        Unavailable: the database, S3 or a queue does not answer.
    """
    with database.transaction() as connection:
        rows = connection.execute(_TAKE, (LEASE_SECONDS, ABANDONED_SECONDS, BATCH)).fetchall()
        for row in rows:
            if _given_up(row):
                _give_up(connection, row)
    due = [row for row in rows if not _given_up(row)]
    for row in due:
        crash_point("C5", row["order_id"])
        with _others_go_on(database, [other for other in due if other is not row]):
            payloads.put_once(row["path"], row["body"].encode(), "application/json")
        crash_point("C6", row["order_id"])
    by_queue = {queue: {str(row["id"]): row for row in due if row["queue"] == queue} for queue in PATIENCE}
    waiting = list(due)
    for queue, batch in by_queue.items():
        if not batch:
            continue
        waiting = [row for row in waiting if row["queue"] != queue]
        with _others_go_on(database, waiting):
            accepted = sender.send(queue, {key: json.dumps({"path": row["path"]}) for key, row in batch.items()})
        with database.transaction() as connection:
            for key in accepted:
                crash_point("C7", batch[key]["order_id"])
                _mark(connection, batch[key])
                crash_point("C8", batch[key]["order_id"])
    return len(rows)


@contextmanager
def _others_go_on(database: Database, rows: Sequence[dict[str, Any]]) -> Iterator[None]:
    """Makes the rows due again at once if what is tried first fails, so that it cannot hold them up time after time."""
    try:
        yield
    except Unavailable:
        with database.transaction() as connection:
            connection.execute(_GIVE_BACK, ([row["id"] for row in rows],))
        raise


def _mark(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(_SENT, (PATIENCE[row["queue"]][row["attempts"]], row["id"]))
    extra = {"order_id": row["order_id"], "queue": row["queue"], "attempt": row["attempts"] + 1}
    _log.log(logging.WARNING if row["attempts"] else logging.INFO, "payload sent", extra=extra)


def _given_up(row: dict[str, Any]) -> bool:
    return bool(row["attempts"] >= len(PATIENCE[row["queue"]]))


def _give_up(connection: Connection, row: dict[str, Any]) -> None:
    # The customer reads it too: what an attempt said last stands in the operators' timeline alone.
    reason = f"the stage '{row['queue']}' did not end in {row['attempts']} deliveries"
    connection.execute("UPDATE outbox SET due_at = 'infinity' WHERE id = %s", (row["id"],))
    orders.stop(connection, row["order_id"], orders.State.PARKED, reason)
    _log.error("parked", extra={"order_id": row["order_id"], "queue": row["queue"], "reason": reason})

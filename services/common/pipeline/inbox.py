"""The inbox: one row per consumer and path, so that a message delivered again has no further effect.

A claim is a lease by the database's clock. Finishing checks the lease's token in the same transaction as the effect, so
a worker that was too slow cannot commit what another one has taken over.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from services.common.database import Connection
from services.common.errors import LeaseLost, Poison, Retry
from services.common.pipeline.outbox import NOBODY

LEASE_SECONDS = 30
"""Renewed while the work goes on. Shorter than a queue hides what was received (in the regions 60 s): when the message
of a dead worker comes back, its lease has ended."""
MAX_ERROR = 500
"""Characters of an error that are kept for operators."""
DONE = "(i.finished_at IS NOT NULL AND i.outcome NOT IN ('parked', 'skipped'))"
"""Whether the effect of the inbox row `i` came about, in SQL: a worker skips its work if the order stands elsewhere."""


@dataclass(frozen=True)
class Work:
    """A claimed payload: what the database knows of it, and the token that fences everybody else off."""

    consumer: str
    path: str
    order_id: UUID
    customer_id: UUID
    sha256: str
    length: int
    token: UUID


def claim(connection: Connection, consumer: str, path: str) -> Work | None:
    """Claims the path for this consumer, or answers None if the work is done already.

    Raises:
        Poison: no such payload was ever put into the outbox.
        Retry: another worker holds the lease.
    """
    known = connection.execute(
        "SELECT order_id, customer_id, sha256, length FROM outbox WHERE path = %s AND queue = %s", (path, consumer)
    ).fetchone()
    if known is None:
        raise Poison(f"no payload of ours has the path {path!r}")
    token = uuid4()
    claimed = connection.execute(
        """
        INSERT INTO inbox (consumer, path, lease_token, lease_until, claimed_at)
        VALUES (%(consumer)s, %(path)s, %(token)s, now() + make_interval(secs => %(lease)s), now())
        ON CONFLICT (consumer, path) DO UPDATE
            SET lease_token = excluded.lease_token, lease_until = excluded.lease_until,
                claimed_at = excluded.claimed_at, attempts = inbox.attempts + 1
            WHERE inbox.finished_at IS NULL AND inbox.lease_until < now()
        RETURNING lease_token
        """,
        {"consumer": consumer, "path": path, "token": token, "lease": LEASE_SECONDS},
    ).fetchone()
    if claimed is not None:
        customer_id = known["customer_id"] or NOBODY
        return Work(consumer, path, known["order_id"], customer_id, known["sha256"], known["length"], token)
    held = connection.execute(
        """
        SELECT finished_at, greatest(1, ceil(extract(epoch FROM lease_until - now())))::int AS wait
        FROM inbox WHERE consumer = %s AND path = %s
        """,
        (consumer, path),
    ).fetchone()
    if held is None or held["finished_at"] is None:
        raise Retry("another worker holds the lease", seconds=held["wait"] if held else 1)
    # A replay of finished work: without this the relay would send it until its tries are used up.
    connection.execute("UPDATE outbox SET consumed_at = now() WHERE path = %s AND consumed_at IS NULL", (path,))
    return None


def renew(connection: Connection, work: Work) -> None:
    """Prolongs the lease by `LEASE_SECONDS` from now on, unless the work is done or went to another worker."""
    connection.execute(
        """
        UPDATE inbox SET lease_until = now() + make_interval(secs => %s)
        WHERE consumer = %s AND path = %s AND lease_token = %s AND finished_at IS NULL
        """,
        (LEASE_SECONDS, work.consumer, work.path, work.token),
    )


def finish(connection: Connection, work: Work, outcome: str = "done", error: str | None = None) -> None:
    """Marks the work as done, in the transaction that holds its effect; `error` says why it came to nothing.

    Raises:
        LeaseLost: the lease ran out and somebody else claimed the path.
    """
    finished = connection.execute(
        """
        UPDATE inbox SET finished_at = now(), outcome = %s, last_error = coalesce(%s, last_error)
        WHERE consumer = %s AND path = %s AND lease_token = %s AND finished_at IS NULL
        """,
        (outcome, error and error[:MAX_ERROR], work.consumer, work.path, work.token),
    )
    if finished.rowcount != 1:
        raise LeaseLost(f"the lease on {work.path} went to another worker")
    connection.execute("UPDATE outbox SET consumed_at = now() WHERE path = %s", (work.path,))


def release(connection: Connection, work: Work, error: str) -> None:
    """Gives the lease back at once, for work that has to be tried again because of `error`."""
    connection.execute(
        "UPDATE inbox SET lease_until = now(), last_error = %s WHERE consumer = %s AND path = %s AND lease_token = %s",
        (error[:MAX_ERROR], work.consumer, work.path, work.token),
    )


def reopen(connection: Connection, path: str) -> None:
    """Takes back that the work on the path is done, for its own consumer.

    A worker that holds an unfinished lease keeps it: its effect is as good as a new attempt's.
    """
    connection.execute(
        """
        UPDATE inbox i SET finished_at = NULL, outcome = NULL, lease_until = now()
        FROM outbox b
        WHERE b.path = %s AND i.path = b.path AND i.consumer = b.queue AND i.finished_at IS NOT NULL
        """,
        (path,),
    )

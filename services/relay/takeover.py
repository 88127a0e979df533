"""When an epoch begins with the loss of a region, what was sent before it and was never consumed is sent again.

A region that hands the writer over stays at work, and finishes what its queues have. After a loss nobody knows which of
the messages lay in the queues that are gone, so all are sent again at once, and not only when their time has come.
Whoever takes the row sends it to the queues of its own region, mails too. If the old message is delivered all the same,
the inbox makes one of both a no-op.
"""

from services.common.database import Database

_DUE_AGAIN = """
    UPDATE outbox SET due_at = now(), region = NULL, attempts = greatest(0, attempts - 1)
    WHERE id = ANY (ARRAY(
        SELECT b.id FROM outbox b, writer_epoch w
        WHERE b.consumed_at IS NULL AND b.due_at > now() AND b.due_at < 'infinity'
            AND b.sent_at < w.since AND w.lost IS NOT NULL
        FOR UPDATE OF b SKIP LOCKED
    ))
"""
"""A try whose message may be lost with its queue does not count."""


def send_again(database: Database) -> int:
    """Makes due what was sent before an epoch that began with a loss; how many rows. Twice is as good as once.

    Raises:
        Unavailable: the database does not answer.
    """
    with database.transaction() as connection:
        return connection.execute(_DUE_AGAIN).rowcount

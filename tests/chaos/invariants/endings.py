"""I6: everything comes to an end, and nothing is left over."""

from collections.abc import Iterator, Set

from tests.chaos.truth import ENDED, Snapshot


def i6(seen: Snapshot) -> Iterator[str]:
    """Everything has ended, or waits for a person with the reason; the queues are empty."""
    poison = seen.books.poison()
    for queue, (waiting, dead) in seen.books.depths().items():
        if waiting:
            yield f"I6: {waiting} messages wait in the queue {queue}"
        if dead != poison.get(queue, 0):
            yield f"I6: {dead} dead letters of the queue {queue} instead of {poison.get(queue, 0)}"
    for row in seen.orders:
        if row["state"] not in ENDED:
            yield f"I6: order {row['order']} stays {row['state']}"
        if row["state"] == "PARKED" and not row["reason"]:
            yield f"I6: order {row['order']} is PARKED without a reason"
    yield from _payloads(seen, {row["order"] for row in seen.orders if row["state"] == "PARKED"})


def _payloads(seen: Snapshot, parked: Set[str]) -> Iterator[str]:
    for row in seen.books.rows("SELECT path, order_id::text AS order FROM outbox WHERE consumed_at IS NULL"):
        if row["order"] not in parked:
            yield f"I6: nobody has finished {row['path']}"
    for row in seen.books.rows("SELECT path, sha256 FROM outbox WHERE sent_at IS NOT NULL"):
        if row["path"] in seen.objects and seen.objects[row["path"]].sha256 != row["sha256"]:
            yield f"I6: the object {row['path']} is not what the outbox has"

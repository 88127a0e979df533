"""After a loss: finds in S3 what the database has forgotten, so that nothing of it is done a second time.

A loop beside the worker's own, in every region; a turn in the database lets one process do it. What is found is written
down: numbers that were given out with the documents they stand on, mails that were handed over, orders. The buckets are
read one by one, each whole: that of the lost region last, whenever it answers.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from services.common.database import Connection, Database
from services.common.errors import Unavailable
from services.document import found
from services.document.remains import Remains
from services.document.traces import traces

PAUSE_SECONDS: Final = 2.0
TURN_SECONDS: Final = 55
"""How long one process may take for one bucket."""
AGAIN_SECONDS: Final = (5, 300)
"""How long until a bucket that does not answer is asked again: while work waits for it, and later."""
MARGIN: Final = timedelta(minutes=1)
"""For clocks that differ, and for what was begun before the last commit that was copied."""
UNKNOWN: Final = timedelta(hours=1)
"""How far back is looked where it is not known what was copied."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loss:
    """The latest loss, whose turn to search we have."""

    epoch: int
    region: str
    began_at: datetime
    since: datetime
    read: Sequence[str]

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Loss":
        """The loss in a row."""
        known = row["copied_until"] or row["began_at"] - UNKNOWN
        return cls(row["epoch"], row["region"], row["began_at"], known - MARGIN, row["read_regions"])


class Aftermath:
    """Searches the buckets of all regions after a loss."""

    def __init__(self, database: Database, buckets: Sequence[Remains]) -> None:
        self._database = database
        self._buckets = buckets

    def run(self, stop: threading.Event, beat: Callable[[], None]) -> None:
        """Looks for a loss to search for until `stop` is set."""
        while not stop.wait(PAUSE_SECONDS):
            beat()
            try:
                self.search(beat)
            except Unavailable as fault:
                _log.warning("%s", fault.detail)

    def search(self, turn: Callable[[], None] = lambda: None) -> bool:
        """Whether there was something to search for, and it was our turn; `turn` is called every now and then.

        Raises:
            Unavailable: the database does not answer.
        """
        with self._database.transaction() as connection:
            loss = _take_turn(connection)
        if loss is None:
            return False
        left = [bucket for bucket in self._buckets if bucket.region not in loss.read]
        unread = [bucket.region for bucket in sorted(left, key=lambda one: one.region == loss.region)
                  if not self._read(loss, bucket, turn)]  # fmt: skip
        known = {bucket.region for bucket in self._buckets}
        if loss.region not in known and loss.region not in loss.read:
            unread.append(loss.region)
        with self._database.transaction() as connection:
            _give_turn(connection, loss, done=not unread)
        if unread:
            _log.warning("not searched: the bucket of %s", ", ".join(unread))
        return True

    def _read(self, loss: Loss, bucket: Remains, turn: Callable[[], None]) -> bool:
        try:
            seen = traces(bucket.entries(turn), loss.since, loss.began_at)
            with self._database.transaction() as connection:
                unknown = found.unknown(connection, seen)
            numbers = [found.looked_up(bucket, seen, witness, turn) for witness in unknown]
        except Unavailable as fault:
            _log.warning("%s", fault.detail)
            return False
        with self._database.transaction() as connection:
            found.keep(connection, loss.epoch, bucket.region, seen, [number for number in numbers if number])
        return True


def _take_turn(connection: Connection) -> Loss | None:
    row = connection.execute(
        """
        UPDATE writer_loss SET due_at = now() + make_interval(secs => %s), updated_at = now()
        WHERE epoch = (SELECT max(epoch) FROM writer_loss) AND searched_at IS NULL AND due_at <= now()
        RETURNING epoch, region, began_at, copied_until, read_regions
        """,
        (TURN_SECONDS,),
    ).fetchone()
    return None if row is None else Loss.of(row)


def _give_turn(connection: Connection, loss: Loss, *, done: bool) -> None:
    connection.execute(
        """
        UPDATE writer_loss SET searched_at = CASE WHEN %s THEN now() END, updated_at = now(),
            due_at = now() + make_interval(
                secs => CASE WHEN now() < began_at + interval '2 minutes' THEN %s ELSE %s END
            )
        WHERE epoch = %s
        """,
        (done, *AGAIN_SECONDS, loss.epoch),
    )

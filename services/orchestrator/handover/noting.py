"""Makes the note of a change of the writer, once: its row and its mail are one transaction, and the first wins.

Every orchestrator looks, in every region. That of the region that has the writer now goes first, because its dead
letters are those that the team there can work on; if there is none, another one is soon better than none.
"""

import logging
import threading
from uuid import UUID, uuid5

from psycopg.types.json import Jsonb

from services.common.database import Connection, Database
from services.common.errors import Unavailable
from services.common.mail import mailing
from services.common.pipeline.outbox import NOBODY
from services.orchestrator.handover.gathering import Switch, gather, queues
from services.orchestrator.handover.letter import letter
from services.orchestrator.handover.views import Handover
from services.orchestrator.queues import DeadLetters

PERIOD_SECONDS = 5.0
PRECEDENCE_SECONDS = 60
"""How long the other regions leave the note to the one that has taken over."""

_UNNOTED = """
    SELECT w.epoch, w.former AS from_region, w.region AS to_region, w.lost, w.since, now() AS made_at
    FROM writer_epoch w
    WHERE w.epoch > 1 AND NOT EXISTS (SELECT FROM handover h WHERE h.epoch = w.epoch)
        AND (w.region IS NOT DISTINCT FROM %(here)s OR w.since < now() - make_interval(secs => %(precedence)s))
"""

_log = logging.getLogger(__name__)


class Noting:
    """Makes the notes in one region, and has them mailed to the operations team."""

    def __init__(self, database: Database, dead_letters: DeadLetters, region: str, to: str) -> None:
        self._database = database
        self._dead_letters = dead_letters
        self._region = region
        self._to = to

    def make(self) -> int | None:
        """Makes the note of the present epoch; the epoch, or None if there is no note to make.

        Raises:
            Unavailable: nothing is admitted yet, or the database does not answer; the next turn tries again.
        """
        with self._database.reading() as connection:
            if self._unnoted(connection) is None:
                return None
        letters = queues(self._dead_letters)  # slow, so in no transaction
        with self._database.transaction() as connection:
            switch = self._unnoted(connection)
            if switch is None:
                return None
            note = gather(connection, switch, self._region, letters)
            if not _keep(connection, note):
                return None
            mailing.send(connection, None, letter_id(note.epoch), letter(note, self._to))
        return note.epoch

    def _unnoted(self, connection: Connection) -> Switch | None:
        row = connection.execute(_UNNOTED, {"here": self._region, "precedence": PRECEDENCE_SECONDS}).fetchone()
        return None if row is None else Switch(**row)


def start(noting: Noting) -> threading.Thread:
    """Looks for changes of the writer beside the web server, in a daemon thread."""
    thread = threading.Thread(target=watch, args=(noting,), name="handover", daemon=True)
    thread.start()
    return thread


def watch(noting: Noting) -> None:
    """Makes every note that is to be made here, for ever; no fault ends it."""
    pause = threading.Event()
    while True:
        pause.wait(PERIOD_SECONDS)
        try:
            if (epoch := noting.make()) is not None:
                _log.info("the hand-over of epoch %d is noted", epoch)
        except Unavailable as fault:
            _log.warning("%s", fault.detail)
        except Exception:  # noqa: BLE001 - logged whole; one note that cannot be made must not prevent the next
            _log.exception("a hand-over could not be noted; it is tried again")


def letter_id(epoch: int) -> UUID:
    """The id of the mail of an epoch's note."""
    return uuid5(NOBODY, f"handover of epoch {epoch}")


def _keep(connection: Connection, note: Handover) -> bool:
    """Whether the note is the epoch's first."""
    kept = connection.execute(
        "INSERT INTO handover (epoch, note) VALUES (%s, %s) ON CONFLICT (epoch) DO NOTHING",
        (note.epoch, Jsonb(note.model_dump(mode="json", by_alias=True))),
    )
    return kept.rowcount == 1

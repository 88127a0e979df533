"""Looks at both regions all the time: whose server takes writes, what the records weigh, what the health checks say."""

import threading
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from local.front.zone import Zone
from tests.drill.events import Recorder, Sight
from tests.drill.sites import Site

PAUSE_SECONDS = 0.25
RECORDS_EVERY = 4
"""Records and health change slowly, and asking for them costs the emulator something: every second."""


class Watcher:
    """Keeps what it sees, in a thread of its own, as long as the block lasts."""

    def __init__(self, sites: Sequence[Site], zone: Zone, recorder: Recorder) -> None:
        self._sites, self._zone, self._recorder = sites, zone, recorder
        self._weights: dict[str, int] = {}
        self._health: dict[str, bool | None] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="watcher", daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _go_on(self) -> None:
        turn = 0
        while not self._ended.wait(PAUSE_SECONDS):
            if turn % RECORDS_EVERY == 0:
                self._ask_for_records()
            writers = tuple(site.name for site in self._sites if site.writes)
            self._recorder.sights.append(Sight(self._recorder.now, writers, self._weights, self._health))
            turn += 1

    def _ask_for_records(self) -> None:
        """An emulator that does not answer now leaves what was last seen."""
        try:
            records = self._zone.records()
        except (BotoCoreError, ClientError):
            return
        self._weights = {record.region: record.weight for record in records}
        self._health = {record.region: record.well for record in records}

"""A line now and then while a long scenario is played: how many orders there are, and how many have ended."""

import sys
import threading
import time
from types import TracebackType
from typing import Self

import psycopg

from local.machine.postgres import OWNER
from tests.chaos.bed import Bed
from tests.chaos.checker import ENDED

PERIOD_SECONDS = 30.0


class Progress:
    """Tells from entering the block to leaving it."""

    def __init__(self, bed: Bed, name: str) -> None:
        self._bed, self._name = bed, name
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(PERIOD_SECONDS):
            sys.stdout.write(f"           {time.monotonic() - began:6.0f} s  {self._name}: {self._orders()}\n")
            sys.stdout.flush()

    def _orders(self) -> str:
        try:
            with self._bed.database.connect(OWNER) as connection:
                rows = connection.execute("SELECT state, count(*) FROM sales_order GROUP BY state").fetchall()
        except psycopg.OperationalError:
            return "the database is down"
        counts = {str(state): int(str(count)) for state, count in rows}
        ended = sum(count for state, count in counts.items() if state in ENDED)
        return f"{sum(counts.values())} orders taken, {ended} ended"

"""The one checker of this machine: makes every declared check at its interval, and remembers what it stands at."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from local.machine.health.asking import Check
from local.machine.health.standing import Finding, Standing

PAUSE_SECONDS = 0.2
AT_ONCE = 8
"""An endpoint that is silent keeps its asker for seconds; the others are not to wait for it."""


class Checker:
    """Works in threads of its own.

    Args:
        declared: the checks that there are by now, by their ids.
        places: URLs of what answers on this machine, by host name; of any other host nothing is found out.
        ask: asks a place.
    """

    def __init__(
        self,
        declared: Callable[[], Mapping[str, Check]],
        places: Callable[[], Mapping[str, str]],
        ask: Callable[[Check, str], Finding],
    ) -> None:
        self._declared, self._places, self._ask = declared, places, ask
        self._standings: dict[tuple[str, Check], Standing] = {}
        self._begun: dict[str, float] = {}
        self._open: dict[str, Future[None]] = {}
        self._askers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="checker")

    def start(self) -> None:
        """Go on until the process ends."""
        threading.Thread(target=self._go_on, name="checker", daemon=True).start()

    def standing(self, check_id: str) -> Standing | None:
        """What the check stands at; None as long as nothing is known, or nobody answers in its host's name."""
        check = self._declared().get(check_id)
        if check is None or check.host not in self._places():
            return None
        return self._standings.get((check_id, check))

    def round(self, now: float) -> None:
        """Have those asked that are due; one whose last question is still open is not asked again."""
        declared, places = self._declared(), self._places()
        for check_id, check in declared.items():
            due = self._begun.get(check_id, float("-inf")) + check.interval <= now
            waited_for = check_id in self._open and not self._open[check_id].done()
            if due and not waited_for and check.host in places:
                self._begun[check_id] = now
                self._open[check_id] = self._askers.submit(self._make, check_id, check, places[check.host])

    def _make(self, check_id: str, check: Check, place: str) -> None:
        found = self._ask(check, place)
        before = self._standings.get((check_id, check))
        self._standings[check_id, check] = before.after(found, check.threshold) if before else Standing(found)

    def _go_on(self) -> None:
        while True:
            self.round(time.monotonic())
            time.sleep(PAUSE_SECONDS)

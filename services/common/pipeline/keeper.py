"""Keeps what a worker has in hand while it works: renewed from a thread of its own, until the work is done or stuck.

What is held ends by itself if nobody renews it, so a worker that dies lets go. One that hangs has to let go as well: a
piece of work is kept for `WORK_SECONDS` and no longer, which is also how long its loop may be silent.
"""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

WORK_SECONDS = 60.0
"""A single piece of work that takes longer counts as stuck."""
RENEWALS = 3
"""Renewals in the time of one hold: two in a row may fail before it is lost."""

_log = logging.getLogger(__name__)


def pause_seconds(hold_seconds: float) -> float:
    """How long after one renewal the next one comes."""
    return hold_seconds / RENEWALS


def is_stuck(began: float, now: float) -> bool:
    """Whether work that began then is not to be kept any more."""
    return now - began > WORK_SECONDS


class Keeper:
    """Calls `renew` well before a hold of `hold_seconds` ends, from entering the block to leaving it.

    A renewal that fails is logged and the next one comes in time. When the block is left, none is under way any more.
    """

    def __init__(self, renew: Callable[[], None], hold_seconds: float) -> None:
        self._renew = renew
        self._pause = pause_seconds(hold_seconds)
        self._began = time.monotonic()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def next_piece(self) -> None:
        """The next piece of work begins now."""
        self._began = time.monotonic()

    def _run(self) -> None:
        while not self._done.wait(self._pause):
            if is_stuck(self._began, time.monotonic()):
                _log.error("the work in hand is stuck: it is not kept any longer")
                continue
            try:
                self._renew()
            except Exception:  # noqa: BLE001 - whatever it was, the next renewal may succeed
                _log.warning("what is in hand was not renewed", exc_info=True)

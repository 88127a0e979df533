"""Waiting for something to become true, with a bound."""

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.03


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask until the answer is yes; False if it still is no after so many seconds."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_SECONDS)
    return True

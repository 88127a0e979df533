"""Waiting for something that takes an unknown time."""

import time
from collections.abc import Callable


def in_time(done: Callable[[], bool], seconds: float) -> bool:
    """Asks until the answer is yes, ever less often; False if it still is no after so many seconds."""
    until, pause = time.monotonic() + seconds, 0.05
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
        pause = min(1.0, pause * 1.2)
    return True

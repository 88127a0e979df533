"""What every worker process shares: signals, health endpoints, and loops that run until it is told to stop."""

import logging
import signal
import threading
from collections.abc import Callable, Mapping

from services.common.pipeline.health import Heartbeat, serve_health
from services.common.pipeline.keeper import WORK_SECONDS
from services.common.settings import ProcessSettings

Loop = Callable[[threading.Event, Callable[[], None]], None]
"""A loop that returns soon after the event is set and calls its second argument on every turn."""

SILENCE_SECONDS = WORK_SECONDS
"""A loop that has not turned for this long is stuck: its process is ended, and what it held is not kept for it."""


def run(settings: ProcessSettings, ready: Callable[[], None], loops: Mapping[str, Loop]) -> int:
    """Runs the loops, each in a thread, until SIGTERM or SIGINT; then lets them finish the work in hand."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    hearts = {name: Heartbeat(SILENCE_SECONDS) for name in loops}
    threads = [
        threading.Thread(target=loop, args=(stop, hearts[name].beat), name=name, daemon=True)
        for name, loop in loops.items()
    ]
    for thread in threads:
        thread.start()
    health = serve_health(settings, lambda: all(heart.alive() for heart in hearts.values()), ready)
    while not stop.wait(1.0):
        if not all(thread.is_alive() for thread in threads):
            logging.getLogger(__name__).critical("a loop has ended; leaving so that a fresh process takes over")
            return 1
    for thread in threads:
        thread.join(timeout=SILENCE_SECONDS)
    health.shutdown()
    return 0

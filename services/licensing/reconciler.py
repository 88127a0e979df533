"""Finishes what requests left open, beside the web server: changes without an outcome, credits, and expiry notices."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from services.common.database import Database
from services.common.errors import Unavailable
from services.licensing import crediting, expiry
from services.licensing.settlement import Settlement

PERIOD_SECONDS = 5.0
EXPIRY_SECONDS = 900.0
BATCH = 200
"""Changes in one turn, so that a long backlog does not keep the thread from the rest."""

_log = logging.getLogger(__name__)


@dataclass
class Step:
    """Some work, and when it is done next by the process's clock."""

    work: Callable[[], object]
    every: float
    due: float = 0.0


def start(database: Database, settlement: Settlement) -> threading.Thread:
    """Runs the reconciler in a daemon thread; several processes share the work by leases and row locks."""
    steps = (
        Step(partial(settlement.reconcile, BATCH), PERIOD_SECONDS),
        Step(partial(crediting.finish, database), PERIOD_SECONDS),
        Step(partial(expiry.notify, database), EXPIRY_SECONDS),
    )
    thread = threading.Thread(target=_run, args=(steps,), name="reconciler", daemon=True)
    thread.start()
    return thread


def _run(steps: tuple[Step, ...]) -> None:
    pause = threading.Event()
    while True:
        pause.wait(PERIOD_SECONDS)
        for step in steps:
            if time.monotonic() >= step.due:
                _do(step.work)
                step.due = time.monotonic() + step.every


def _do(work: Callable[[], object]) -> None:
    try:
        work()
    except Unavailable as fault:
        _log.warning("%s", fault.detail)
    except Exception:  # noqa: BLE001 - logged whole; the reconciler must outlive any one change
        _log.exception("the reconciler failed and goes on")

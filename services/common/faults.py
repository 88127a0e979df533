"""Named points at which a test kills the process, so that a crash between any two steps can be had on demand.

Nothing is armed unless the environment says so (see `FaultSettings`), and then only in a process whose own address is
a loopback one: a pod's never is. An unarmed point costs one look into an empty dictionary.
"""

import fcntl
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from services.common.settings import FaultSettings

POINTS: Mapping[str, str] = {
    "C1": "order: reserved, not yet committed",
    "C2": "order: reservation committed, the CCP not yet called",
    "C3": "order: sold by the CCP, the confirmation not yet committed",
    "C4": "order: confirmation committed, not yet answered",
    "C5": "relay: row taken, the payload not yet in S3",
    "C6": "relay: payload in S3, its path not yet sent",
    "C7": "relay: path sent, not yet marked",
    "C8": "relay: marked, not yet committed",
    "C9": "invoice: message received and claimed",
    "C10": "invoice: number drawn",
    "C11": "invoice: all written, not yet committed",
    "C12": "invoice: committed, the message not yet deleted",
    "C13": "document: rendering",
    "C14": "document: PDF in S3, nothing committed",
    "C15": "document: all written, not yet committed",
    "C16": "email: message claimed, SENDING not yet committed",
    "C17": "email: SENDING committed, SES not yet called",
    "C18": "email: accepted by SES, nothing recorded of it",
    "C19": "email: SENT written, not yet committed",
    "C20": "orchestrator: order locked for a restart, nothing written",
    "C21": "orchestrator: restart written, not yet committed",
    "C22": "orchestrator: restart committed, not yet answered",
    "C23": "licensing: change reserved, not yet committed",
    "C24": "licensing: reservation committed, nobody at work on it",
    "C25": "licensing: change leased, the CCP not yet asked",
    "C26": "licensing: changed by the CCP, nothing recorded of it",
    "C27": "licensing: confirmation written, not yet committed",
    "C28": "licensing: confirmation committed, not yet answered",
    "C29": "licensing: overdue change leased by the reconciler, the CCP not yet searched",
    "C30": "licensing: credit notes asked for, not yet committed",
}
"""Every point and what has happened when a process dies there."""

_armed: dict[str, tuple[Path, int]] = {}


def arm(settings: FaultSettings) -> None:
    """Arms the points that the settings name.

    Raises:
        LookupError: there is no such point.
    """
    _armed.clear()
    for point, times in settings.crash_points.items():
        if point not in POINTS:
            raise LookupError(f"there is no crash point {point!r}; the points are {', '.join(POINTS)}")
        if settings.chaos_directory is not None:
            _armed[point] = (settings.chaos_directory / point, times)


def crash_point(point: str, subject: object) -> None:
    """Ends the process by SIGKILL if the point is armed and has not struck this subject yet.

    Args:
        point: one of `POINTS`.
        subject: the order or change at hand. It dies once at each point, so that what takes the work over gets through.
    """
    if (armed := _armed.get(point)) is not None:
        _strike(*armed, str(subject))


def _strike(record: Path, times: int, subject: str) -> None:
    """The record outlives the process: each line is one proven hit."""
    with record.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        struck = file.read().splitlines()
        if len(struck) >= times or subject in struck:
            return
        file.write(f"{subject}\n")
        file.flush()
        os.fsync(file.fileno())
        os.kill(os.getpid(), signal.SIGKILL)

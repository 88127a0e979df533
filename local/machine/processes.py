"""The processes of a run, followed by pid and never by name."""

import os
from collections.abc import Iterable

import psutil

from local.machine.waiting import wait_until


def family(pid: int) -> list[psutil.Process]:
    """The process and all that descend from it, as they are now."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def orphans(leader: int) -> list[psutil.Process]:
    """What is left of a session whose leader has died.

    Every program of a run keeps the session of its supervisor. The kernel gives no new process the number of a session
    that still has members, so as long as nobody bears the leader's pid the members are the old run's.
    """
    if any(alive(process) for process in family(leader)[:1]):
        return []
    return [process for process in psutil.process_iter() if process.pid != leader and _session(process.pid) == leader]


def end(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for the processes to end and kill those that have not ended in time; returns the killed."""
    left = list(processes)
    if wait_until(lambda: not any(map(alive, left)), seconds):
        return []
    late = [process for process in left if alive(process)]
    for process in late:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    wait_until(lambda: not any(map(alive, late)), seconds)
    return late


def alive(process: psutil.Process) -> bool:
    """Whether the process still runs; one that only waits to be reaped by a slow init does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None

"""The watch over one pod: when to probe it, what its answers mean, and when its container has to be replaced."""

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from local.cluster.probes import Probe, Tally
from local.cluster.readiness import Board
from local.cluster.spec import WatchedPod
from local.machine.errors import LocalError

log = logging.getLogger("kubelet")

Check = Callable[[str, Probe], Awaitable[str | None]]
"""Probes an address once; None means passed, a text says why not."""

Schedule = list[tuple[float, int, Tally]]
"""A heap of what is due when; the number keeps the order of probes that are due together."""


class Processes(Protocol):
    """The supervisor, as far as the kubelet needs it; both calls may block."""

    def pid(self, name: str) -> int | None:
        """The program's process, None while there is none."""

    def restart(self, name: str) -> None:
        """Stop the program in an orderly way and start it again.

        Raises:
            LocalError: the supervisor could not.
        """


class _ReplacedError(Exception):
    """The container has ended and the supervisor has started another."""


class PodWatch:
    """Watches one pod through all its containers."""

    def __init__(self, pod: WatchedPod, board: Board, processes: Processes, check: Check) -> None:
        self._pod = pod
        self._name = pod.name
        self._board = board
        self._processes = processes
        self._check = check
        self._pid: int | None = None
        self._running = False

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._pid = await self._current_pid()
            self._running = self._pid is not None
            try:
                fault = await self._one_container()
            except _ReplacedError:
                log.warning("%s: its container ended by itself and was replaced", self._name)
                self._board.set(self._name, started=False, ready=False)
            else:
                log.warning("%s: %s: restarting it", self._name, fault)
                self._board.set(self._name, started=False, ready=False)
                await self._restart()
            self._board.count_restart(self._name)

    async def _one_container(self) -> str:
        """Follow one container from its start until it must be restarted; returns why."""
        probes = self._pod.probes
        if probes.startup:
            startup = await self._verdict(_schedule(_tally(probes.startup, good=False)))
            if not startup.good:
                return "its startup probe failed too often"
        readiness = _tally(probes.readiness, good=False)
        liveness = _tally(probes.liveness, good=True)
        self._board.set(self._name, started=True, ready=readiness is None)
        schedule = _schedule(readiness, liveness)
        while True:
            tally = await self._verdict(schedule)
            if tally is readiness:
                self._board.set(self._name, started=self._running, ready=tally.good)
            elif not tally.good:
                return "its liveness probe failed too often"

    async def _verdict(self, schedule: Schedule) -> Tally:
        """Probe in turn, each at its own pace, until a probe has reached one of its thresholds."""
        now = asyncio.get_running_loop().time
        while schedule:
            due, order, tally = heapq.heappop(schedule)
            await asyncio.sleep(due - now())
            failure = await self._check(self._pod.ip, tally.probe)
            heapq.heappush(schedule, (max(due + tally.probe.period_seconds, now()), order, tally))
            await self._look_at_process(failure)
            if tally.record(passed=failure is None):
                return tally
        return await asyncio.Future[Tally]()  # no probes at all: never

    async def _look_at_process(self, failure: str | None) -> None:
        """A failure may mean that the process is gone: the pod is unready at once, its next process starts afresh."""
        if failure is None and self._running:
            return
        if failure is not None:
            self._board.blame(self._name, failure)
        pid = await self._current_pid()
        self._running = pid is not None
        if pid is None:
            self._board.set(self._name, started=False, ready=False)
        elif self._pid is None:
            self._pid = pid
        elif self._pid != pid:
            raise _ReplacedError

    async def _current_pid(self) -> int | None:
        return await asyncio.to_thread(self._processes.pid, self._name)

    async def _restart(self) -> None:
        try:
            await asyncio.to_thread(self._processes.restart, self._name)
        except LocalError as error:
            log.error("%s: it could not be restarted: %s", self._name, error)  # noqa: TRY400 (the message says it all)


def _tally(probe: Probe | None, *, good: bool) -> Tally | None:
    return None if probe is None else Tally(probe, good)


def _schedule(*tallies: Tally | None) -> Schedule:
    start = asyncio.get_running_loop().time()
    stated = enumerate(tally for tally in tallies if tally is not None)
    return [(start + tally.probe.initial_delay_seconds, order, tally) for order, tally in stated]

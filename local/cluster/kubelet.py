"""The kubelet of the one-machine run: `python -m local.cluster.kubelet <spec.json>`.

It probes every pod as the chart says, has the supervisor restart those that are not alive, and keeps a readiness file.
SIGHUP makes it read its spec again: pods that did not change are watched on undisturbed.
"""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from local.cluster.errors import ClusterError
from local.cluster.http_probe import check
from local.cluster.pod_watch import Check, PodWatch, Processes
from local.cluster.readiness import Board
from local.cluster.spec import KubeletSpec, WatchedPod, read_spec
from local.machine.supervisor import Supervisor

log = logging.getLogger("kubelet")


class SupervisedProcesses:
    """The pods' processes as the checkout's supervisor has them."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def pid(self, name: str) -> int | None:
        """The program's process, None while there is none."""
        return next((program.pid for program in self._supervisor.status() if program.name == name), None)

    def restart(self, name: str) -> None:
        """Stop the program in an orderly way and start it again.

        Raises:
            LocalError: the supervisor could not.
        """
        self._supervisor.restart(name)


class Kubelet:
    """One watch for each pod of the spec; a watch that breaks breaks the group, and with it this process."""

    def __init__(self, group: asyncio.TaskGroup, board: Board, processes: Processes, check: Check) -> None:
        self._group = group
        self._board = board
        self._processes = processes
        self._check = check
        self._watches: dict[WatchedPod, asyncio.Task[None]] = {}

    def watch(self, pods: tuple[WatchedPod, ...]) -> None:
        """Watch exactly these pods from now on."""
        for pod in [pod for pod in self._watches if pod not in pods]:
            self._watches.pop(pod).cancel()
        self._board.keep(pod.name for pod in pods)
        for pod in pods:
            if pod not in self._watches:
                watch = PodWatch(pod, self._board, self._processes, self._check)
                self._watches[pod] = self._group.create_task(watch.run(), name=pod.name)


async def serve(path: Path, spec: KubeletSpec) -> None:
    """Watch until SIGTERM or SIGINT."""
    processes = SupervisedProcesses(Supervisor(spec.layout))
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        kubelet = Kubelet(group, Board(spec.readiness), processes, check)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        loop.add_signal_handler(signal.SIGHUP, _read_again, path, kubelet)
        kubelet.watch(spec.pods)
        await ended.wait()
        kubelet.watch(())


def _read_again(path: Path, kubelet: Kubelet) -> None:
    try:
        kubelet.watch(read_spec(path).pods)
    except ClusterError as error:
        log.error("keeping the pods as they are: %s", error)  # noqa: TRY400 (the message says it all)


def main(arguments: list[str]) -> None:
    """Run until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if len(arguments) != 1:
        sys.exit("usage: python -m local.cluster.kubelet <spec.json>")
    path = Path(arguments[0])
    try:
        asyncio.run(serve(path, read_spec(path)))
    except ClusterError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])

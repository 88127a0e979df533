"""The supervisor of the one-machine run: supervisord, started in the background and spoken to through a Unix socket."""

import subprocess
import sys
import xmlrpc.client
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO, Any

import psutil

from local.machine import processes, rpc
from local.machine.errors import LocalError
from local.machine.layout import Layout
from local.machine.program import Program, ProgramStatus, Tier
from local.machine.programs import ProgramStore
from local.machine.waiting import wait_until

__all__ = ["Program", "ProgramStatus", "Supervisor"]

BEGIN_SECONDS = 10.0
END_SECONDS = 5.0
BAD_NAME, NOT_RUNNING = 10, 70
"""Faults of `supervisor.xmlrpc.Faults`, whose import takes a tenth of a second."""

AT_REST = frozenset({"STOPPED", "FATAL"})
"""EXITED is not rest: supervisord is about to start the program again."""


class Supervisor:
    """Runs the programs of one checkout; any process of that checkout may hold its own `Supervisor`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._store = ProgramStore(layout)
        self._socket = self._store.socket
        self._until_kept: IO[bytes] | None = None

    def start(self, programs: Sequence[Program]) -> None:
        """Make these the infrastructure programs; starts supervisord if it is not running.

        A supervisord that was started ends with this process, unless it is told to `keep` on.

        Raises:
            LocalError: supervisord did not come up.
        """
        if self.running():
            self._set(Tier.INFRASTRUCTURE, programs)
            return
        self._clear_crashed_run()
        self._store.clear()
        self._store.replace(Tier.INFRASTRUCTURE, programs)
        self._begin()

    def keep(self) -> None:
        """Let what was started go on when this process ends."""
        if self._until_kept is not None:
            self._until_kept.write(b"k")
            self._until_kept.close()
            self._until_kept = None

    def apply(self, programs: Sequence[Program]) -> None:
        """Make these the application programs: adds the new, replaces the changed, removes the gone."""
        self._set(Tier.APPLICATION, programs)

    def restart(self, name: str) -> None:
        """Stop the program in an orderly way and start it again; returns when it has been started.

        Raises:
            LocalError: there is no such program.
        """
        self.rest(name)
        self.begin(name)

    def rest(self, name: str) -> None:
        """Stop the program in an orderly way, to stay so until it is begun; returns when it has ended.

        Raises:
            LocalError: it does not end.
        """
        self._rest([name])

    def rest_all(self, tier: Tier) -> None:
        """Stop the programs of a tier together; returns when they have ended.

        Raises:
            LocalError: one does not end.
        """
        self._rest([program.name for program in self.status() if program.tier is tier])

    def begin(self, name: str) -> None:
        """Start the program; does not wait for it.

        Raises:
            LocalError: there is no such program.
        """
        self._call("startProcess", name, False)  # noqa: FBT003 (XML-RPC has positions only: wait)

    def stop(self, before: Sequence[psutil.Process] = ()) -> list[int]:
        """Stop the application programs, then the infrastructure, then supervisord.

        Args:
            before: members that there were before some programs were stopped already; they too must have ended.

        Returns:
            The pids that outlived the orderly stop and were killed; empty after a clean one.
        """
        if not self.running():
            return self._clear_crashed_run()
        members = list({*before, *self.members()})
        for tier in sorted(Tier, reverse=True):
            self.rest_all(tier)
        members += [late for late in self.members() if late not in members]
        self._call("shutdown")
        return [process.pid for process in processes.end(members, END_SECONDS)]

    def status(self) -> list[ProgramStatus]:
        """Every program's state; empty if supervisord does not run."""
        try:
            answers = rpc.call(self._socket, "getAllProcessInfo")
        except (OSError, xmlrpc.client.Fault):
            return []
        tiers = self._store.tiers()
        return [_status(answer, tiers.get(answer["name"], Tier.APPLICATION)) for answer in answers]

    def members(self) -> list[psutil.Process]:
        """The daemon and every process below it; empty if it does not run."""
        return processes.family(self._pid()) if self.running() else []

    def running(self) -> bool:
        """Whether supervisord runs for this checkout."""
        try:
            return bool(rpc.call(self._socket, "getState")["statename"] == "RUNNING")
        except (OSError, xmlrpc.client.Fault):
            return False

    def log(self, name: str) -> Path:
        """The file that holds what a program printed."""
        return self._layout.logs / f"{name}.log"

    def _begin(self) -> None:
        printed = self._layout.logs / "supervisord.log"
        with printed.open("ab") as output:
            daemon = subprocess.Popen(
                [sys.executable, "-I", str(Path(__file__).with_name("daemon.py")), str(self._store.configuration)],
                cwd=self._layout.state,
                env={"PATH": "/usr/bin:/bin"},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._until_kept = daemon.stdin
        try:
            wait_until(lambda: self.running() or daemon.poll() is not None, BEGIN_SECONDS)
        finally:
            if not self.running():
                daemon.terminate()
                daemon.wait()
        if daemon.poll() is not None:
            raise LocalError("the process supervisor did not start", printed)

    def _set(self, tier: Tier, programs: Sequence[Program]) -> None:
        self._store.replace(tier, programs)
        ((added, changed, removed),) = self._call("reloadConfig")
        self._rest([*changed, *removed])
        for name in (*changed, *removed):
            self._call("removeProcessGroup", name)
        for name in (*changed, *added):
            self._call("addProcessGroup", name)

    def _rest(self, names: Collection[str]) -> None:
        """Stop the programs together and wait until all of them have ended."""
        asked: set[str] = set()

        def resting() -> bool:
            moving = [program for program in self.status() if program.name in names and program.state not in AT_REST]
            for program in moving:
                if program.state != "STOPPING":
                    self._ask_to_stop(program.name)
                    asked.add(program.name)
            return not moving

        if not wait_until(resting, max((self._store.stop_seconds(name) for name in names), default=0) + END_SECONDS):
            raise LocalError(f"these programs do not stop: {', '.join(sorted(asked))}", self.log(min(asked)))

    def _ask_to_stop(self, name: str) -> None:
        try:
            rpc.call(self._socket, "stopProcess", name, False)  # noqa: FBT003 (XML-RPC has positions only: wait)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode not in {NOT_RUNNING, BAD_NAME}:
                raise

    def _clear_crashed_run(self) -> list[int]:
        """Wait for what a killed supervisor leaves behind, and remove its socket and pid file."""
        leader = self._store.last_pid()
        left = processes.end(processes.orphans(leader), END_SECONDS) if leader else []
        for stale in (self._socket, self._store.pid_file):
            stale.unlink(missing_ok=True)
        return [process.pid for process in left]

    def _pid(self) -> int:
        return int(self._call("getPID"))

    def _call(self, method: str, *arguments: object) -> Any:
        try:
            return rpc.call(self._socket, method, *arguments)
        except xmlrpc.client.Fault as fault:
            raise LocalError(f"the process supervisor refused {method} {arguments}: {fault.faultString}") from fault
        except OSError as error:
            raise LocalError(f"the process supervisor does not answer: {error}") from error


def _status(answer: dict[str, Any], tier: Tier) -> ProgramStatus:
    uptime = float(answer["now"] - answer["start"]) if answer["pid"] else 0.0
    return ProgramStatus(answer["name"], answer["statename"], answer["pid"] or None, uptime, tier)

"""One child process that cannot outlive this one, and that can be killed as a pod is: as a whole, by its own pid."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from local.machine import leash
from local.machine.program import Program

STOP_SECONDS = 15


class Process:
    """Runs a program on a leash; its output goes to `<name>.log` in `directory`."""

    def __init__(self, program: Program, directory: Path) -> None:
        self.program = program
        self._directory = directory
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, for the first time or anew. It dies with the calling thread."""
        spec = self._directory / f"{self.program.name}.json"
        spec.write_text(self.program.to_json())
        with (self._directory / f"{self.program.name}.log").open("ab") as log:
            self._child = subprocess.Popen(
                (sys.executable, "-I", "-S", leash.__file__, str(spec)),
                env={leash.HOLDER: str(os.getpid())},
                stdout=log,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._child is not None, f"{self.program.name} was never started"
        return self._child.pid

    def running(self) -> bool:
        """Whether it still runs."""
        return self._child is not None and self._child.poll() is None

    def children(self) -> frozenset[int]:
        """The ids of its direct children; none once it has ended."""
        try:
            text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        except OSError:
            return frozenset()
        return frozenset(map(int, text.split()))

    def kill(self) -> None:
        """SIGKILL for it and for all below it."""
        if self._child is None:
            return
        with suppress(psutil.NoSuchProcess):
            for below in psutil.Process(self.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    below.kill()
        self._child.kill()
        self._child.wait()

    def stop(self) -> None:
        """An orderly stop, and SIGKILL after a while."""
        if self._child is None or not self.running():
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

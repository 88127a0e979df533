"""The harness's end of the nursery: pods that are forked, watched and killed by a handle that no other process gets."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from local.machine import leash
from local.machine.program import Program

NURSERY = Path(__file__).with_name("nursery.py")
END_SECONDS = 10


class Nursery:
    """Makes processes of one checkout's services. They and it die with the thread that has opened it."""

    def __init__(self, root: Path, logs: Path) -> None:
        variables = {"PATH": os.defpath, "PYTHONPATH": str(root)}
        program = Program("nursery", (sys.executable, "-P", os.fspath(NURSERY)), variables, root)
        spec = logs / "nursery.json"
        spec.write_text(program.to_json())
        with (logs / "nursery.log").open("ab") as log:
            self._child = subprocess.Popen(
                (sys.executable, "-I", "-S", leash.__file__, os.fspath(spec)),
                env={leash.HOLDER: str(os.getpid())},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._lock = threading.Lock()
        assert self._answer() == "ready", f"the services cannot be imported, see {logs}/nursery.log"

    def fork(self, order: Mapping[str, object]) -> tuple[int, int | None]:
        """A new process: its pid, and its handle unless it has ended already."""
        assert self._child.stdin is not None
        with self._lock:
            self._child.stdin.write(json.dumps(order) + "\n")
            self._child.stdin.flush()
            pid = int(self._answer())
            with suppress(ProcessLookupError):
                return pid, os.pidfd_open(pid)  # before the next fork, so that the pid is still this process's
            return pid, None

    def close(self) -> None:
        """Ends it."""
        self._child.kill()
        self._child.communicate()

    def _answer(self) -> str:
        assert self._child.stdout is not None
        return self._child.stdout.readline().strip()


class Forked:
    """One pod's process, forked again at each start; its output goes to `<name>.log` in `logs`."""

    def __init__(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str], root: Path, logs: Path
    ) -> None:
        self.name = name
        self._order = {
            "arguments": list(arguments),
            "environment": dict(environment),
            "directory": os.fspath(root),
            "log": os.fspath(logs / f"{name}.log"),
        }
        self._pid, self._handle = 0, -1

    def start(self, nursery: Nursery) -> None:
        """Starts it, for the first time or anew."""
        self._close()
        self._pid, handle = nursery.fork(self._order)
        self._handle = -1 if handle is None else handle

    def running(self) -> bool:
        """Whether it still runs."""
        return self._handle != -1 and not select.select([self._handle], [], [], 0)[0]

    def children(self) -> frozenset[int]:
        """The ids of its direct children; none once it has ended."""
        if not self.running():
            return frozenset()
        try:
            text = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text()
        except OSError:
            return frozenset()
        return frozenset(map(int, text.split()))

    def kill(self) -> None:
        """SIGKILL for it and for all below it; returns when it has ended."""
        for child in self.children():
            with suppress(psutil.NoSuchProcess):
                psutil.Process(child).kill()
        self._signal(signal.SIGKILL)
        self.wait(END_SECONDS)

    def terminate(self) -> None:
        """Asks it to end."""
        self._signal(signal.SIGTERM)

    def wait(self, seconds: float) -> bool:
        """Whether it ends in time."""
        return self._handle == -1 or bool(select.select([self._handle], [], [], seconds)[0])

    def _signal(self, number: int) -> None:
        if self._handle != -1:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def _close(self) -> None:
        if self._handle != -1:
            os.close(self._handle)
            self._handle = -1

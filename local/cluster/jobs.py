"""Jobs: one run to completion, before any pod of the release is started."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from local.cluster import places
from local.cluster.errors import ClusterError
from local.machine import leash
from local.machine.layout import Layout
from local.machine.program import Program


def run_job(program: Program, limit_seconds: float, layout: Layout) -> None:
    """Run the program to its end; it does not outlive the caller. Its log begins anew.

    Raises:
        ClusterError: it failed or was not done in time; carries the log, whose last lines say why.
    """
    log = layout.logs / f"{program.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    stated = places.directory(layout) / f"job-{program.name}.json"
    places.write(stated, program.to_json())
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(leash.__file__)), str(stated)],
            env={leash.HOLDER: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(limit_seconds)
        except subprocess.TimeoutExpired:
            raise ClusterError(f"the job {program.name} was not done within {limit_seconds:g} s", log) from None
        finally:
            _end(process, program.stop_seconds)
    if code != 0:
        ending = f"exit code {code}" if code > 0 else f"signal {signal.Signals(-code).name}"
        raise ClusterError(f"the job {program.name} failed with {ending}", log)


def _end(process: "subprocess.Popen[bytes]", grace_seconds: float) -> None:
    """Stop the job in an orderly way, and then whatever is left of its group."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace_seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

"""A job runs to its end, within its time, and says why it failed."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from local.cluster.errors import ClusterError
from local.cluster.jobs import run_job
from local.machine.layout import Layout
from local.machine.program import Program


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path, tmp_path / ".local", tmp_path / "run", "127.80.3")


def _program(script: str, directory: Path) -> Program:
    return Program("migrate", (sys.executable, "-c", script), {"GIVEN": "yes"}, directory, stop_seconds=1)


def test_a_job_that_ends_well_leaves_its_log(layout: Layout) -> None:
    run_job(_program("import os; print(sorted(os.environ), os.getcwd())", layout.root), 10, layout)
    printed = (layout.logs / "migrate.log").read_text()
    assert "'GIVEN'" in printed
    assert "LEASH" not in printed
    assert str(layout.root) in printed


def test_a_failed_job_says_how_and_where_to_read_why(layout: Layout) -> None:
    with pytest.raises(ClusterError, match="migrate failed with exit code 3") as failed:
        run_job(_program("print('no such table'); raise SystemExit(3)", layout.root), 10, layout)
    assert failed.value.log is not None
    assert failed.value.log.read_text().splitlines()[-1] == "no such table"


def test_a_job_that_takes_too_long_is_ended_with_all_its_processes(layout: Layout) -> None:
    script = "import os, time; os.fork(); print(os.getpid(), flush=True); time.sleep(60)"
    began = time.monotonic()
    with pytest.raises(ClusterError, match=r"not done within 0\.5 s"):
        run_job(_program(script, layout.root), 0.5, layout)
    pids = [int(line) for line in (layout.logs / "migrate.log").read_text().split()]
    assert len(pids) == 2
    assert os.getpid() not in pids
    _gone, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], 2)
    assert alive == []
    assert time.monotonic() - began < 10

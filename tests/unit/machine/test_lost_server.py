"""A server is lost when neither it nor its supervisor runs: only then is it passed by."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.machine.aurora import processes
from local.machine.layout import Layout
from local.machine.program import Program
from local.machine.programs import ProgramStore
from local.machine.stand_ins import Server
from local.machine.supervisor import Supervisor


@pytest.fixture
def server(layout: Layout) -> Server:
    data = layout.state / "data"
    data.mkdir()
    return Server("postgres-eu", "/run/eu", str(data), "/bin", str(ProgramStore(layout).socket))


@pytest.fixture
def postmaster(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """What passes for one by its name."""
    program = tmp_path / "postgres"
    shutil.copy("/bin/sleep", program)
    process = subprocess.Popen([program, "600"])
    yield process
    process.kill()
    process.wait()


def runs_as(server: Server, pid: int) -> None:
    (Path(server.data) / "postmaster.pid").write_text(f"{pid}\n{server.data}\n")


def test_without_supervisor_and_server_it_is_lost(server: Server) -> None:
    assert processes.lost(server)


def test_a_pid_that_now_is_somebody_else_s_is_not_the_server_s(server: Server) -> None:
    runs_as(server, os.getpid())
    assert processes.lost(server)


def test_a_server_that_outlives_its_supervisor_is_not_lost(
    server: Server, postmaster: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs_as(server, postmaster.pid)
    monkeypatch.setattr(processes, "END_SECONDS", 0.05)
    assert not processes.lost(server)


def test_while_its_supervisor_answers_it_is_not_lost_though_it_is_down(server: Server, layout: Layout) -> None:
    supervisor = Supervisor(layout)
    supervisor.start([Program("sleeper", ("/bin/sleep", "600"), {}, Path("/"))])
    assert not processes.lost(server)
    supervisor.stop()
    assert processes.lost(server)

"""A checkout of its own for each test, and the steps that its `make up` is to have."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local.cli import up as up_module
from local.cli.progress import Step
from local.cli.run import Run
from local.machine.errors import LocalError
from local.machine.layout import Layout, layout_of
from local.machine.privileges import make_private
from local.machine.program import Program
from local.machine.supervisor import Supervisor


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Layout]:
    layout = layout_of(tmp_path)
    make_private(layout)
    yield layout
    Supervisor(layout).stop()
    shutil.rmtree(layout.runtime, ignore_errors=True)


def console() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=200), written


def start_a_program(run: Run) -> str:
    run.supervisor.start([Program("sleeper", ("/bin/sleep", "600"), {}, Path("/"))])
    return "sleeper"


def fail(run: Run) -> None:
    log = run.supervisor.log("sleeper")
    log.write_text("the reason\n")
    raise LocalError("it cannot be done", log)


def steps_of(monkeypatch: pytest.MonkeyPatch, *actions: Callable[[Run], str | None]) -> None:
    steps = tuple(Step(action.__name__.replace("_", " "), action) for action in actions)
    monkeypatch.setattr(up_module, "STEPS", steps)

"""A layout of its own for each test, and its cleaning."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.machine.layout import Layout, layout_of
from local.machine.supervisor import Supervisor


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """The layout of a checkout that does not exist, under a name that few files get."""
    made = layout_of(tmp_path / "it's 100% mine ; #1 [东京]")
    made.state.mkdir(parents=True)
    made.runtime.mkdir(mode=0o711)
    yield made
    shutil.rmtree(made.runtime)


@pytest.fixture
def supervisor(layout: Layout) -> Iterator[Supervisor]:
    """A supervisor that is stopped at the end, whatever the test did."""
    made = Supervisor(layout)
    yield made
    made.stop()

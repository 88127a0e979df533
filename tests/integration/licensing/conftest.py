"""One simulator for a file's tests, and licensing and the order service before it for each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import World
from tests.support.ccp import Simulator, running
from tests.support.office import Office


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with running(Path(tmp_path_factory.mktemp("ccp")) / "sales.sqlite3") as simulator:
        yield simulator


@pytest.fixture
def office(world: World, process: Simulator) -> Office:
    process.behave()
    return Office(world, process)

"""One simulator for a file's tests, and the order service before it for each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.conftest import World
from tests.support.ccp import Simulator, running
from tests.support.market import Market


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ccp") / "sales.sqlite3"


@pytest.fixture(scope="module")
def process(ledger: Path) -> Iterator[Simulator]:
    with running(ledger) as simulator:
        yield simulator


@pytest.fixture
def market(world: World, process: Simulator) -> Market:
    """Each test meets a ledger whose earlier sales are cancelled, and so of no concern."""
    process.behave()
    made = Market(world, process)
    made.cancel_all()
    return made

"""All services over one database, with two tenants in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.machine.postgres import Postgres
from tests.integration.conftest import Aws, World, aws, server, world
from tests.support import ccp, mall
from tests.support.emulator import running_emulator
from tests.support.issuer import running_issuer
from tests.support.mall import Mall

__all__ = ["aws", "server", "world"]


@pytest.fixture(scope="session")
def cognito_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_emulator(tmp_path_factory.mktemp("cognito"), as_on_one_machine=True) as url:
        yield url


@pytest.fixture
def stocked(server: Postgres, world: World, aws: Aws, cognito_url: str, tmp_path: Path) -> Iterator[Mall]:
    with (
        running_issuer() as issuer,
        ccp.running(tmp_path / "ledger.sqlite") as simulator,
        mall.opened(server, aws, simulator, issuer, cognito_url) as opened,
    ):
        yield opened

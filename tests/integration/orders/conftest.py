"""The order service with its customers' hands on it, before a scripted CCP or the CCP's simulator."""

import pytest

from tests.integration.ccp.conftest import ledger, market, process
from tests.integration.conftest import Aws, World
from tests.support.pipeline import Pipeline
from tests.support.shop import Shop

__all__ = ["ledger", "market", "process"]


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


@pytest.fixture
def pipeline(world: World, aws: Aws) -> Pipeline:
    return Pipeline(world, aws)

"""The order service with its customers' hands on it, before a scripted CCP or the CCP's simulator."""

import pytest

from tests.integration.ccp.conftest import ledger, market, process
from tests.integration.conftest import Aws, World
from tests.integration.test_create_order import Shop
from tests.integration.test_pipeline import Pipeline

__all__ = ["ledger", "market", "process"]


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


@pytest.fixture
def pipeline(world: World, aws: Aws) -> Pipeline:
    return Pipeline(world, aws)


def sell_in_dollars(world: World) -> None:
    """The legal entity of Asia Pacific, which is siam's and merlion's, sells in Singapore dollars."""
    world.admin.execute("UPDATE legal_entity SET currency = 'SGD' WHERE invoice_series = 'AP'")
    world.admin.execute("INSERT INTO product_price SELECT product_id, 'SGD', 17.70 FROM product_price")

"""The operators' desk of every test of this folder."""

import pytest

from tests.integration.conftest import Aws, World
from tests.support.desk import Desk


@pytest.fixture
def desk(world: World, aws: Aws) -> Desk:
    return Desk(world, aws)

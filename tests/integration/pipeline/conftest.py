"""The pipeline of every test of this folder."""

import pytest

from tests.integration.conftest import Aws, World
from tests.support.pipeline import Pipeline


@pytest.fixture
def pipeline(world: World, aws: Aws) -> Pipeline:
    return Pipeline(world, aws)

"""All workers and two regions' buckets over one database, whose last seconds a test can take away."""

import pytest

from local.machine.postgres import Postgres
from tests.integration.conftest import Aws, World, region_of
from tests.support.losses import APAC, Region, Survivor


@pytest.fixture
def eu(world: World, aws: Aws) -> Region:
    """The region that will be lost."""
    return Region(world, aws)


@pytest.fixture
def apac(world: World, aws: Aws, server: Postgres, eu: Region) -> Survivor:
    """The region that takes over; it has queues and a bucket of its own, and sees the same CCP."""
    return Survivor(world, region_of(APAC), server, eu)

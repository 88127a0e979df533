"""A pair of databases for the tests of this folder; each finds one region writing and the other one following."""

from collections.abc import Iterator

import pytest

from tests.support import pair as pairs
from tests.support.pair import Pair


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with pairs.running() as running:
        yield running

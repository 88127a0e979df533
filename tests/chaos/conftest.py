"""A fresh platform for each scenario."""

from collections.abc import Iterator

import pytest

from tests.support.platform import Platform, running


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running() as up:
        yield up

"""The world of a controller, with its table in moto."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.support.sun import Sky


@pytest.fixture
def cloud() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def sky(cloud: None) -> Sky:
    return Sky()

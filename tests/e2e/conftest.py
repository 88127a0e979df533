"""One platform for all end-to-end tests."""

from collections.abc import Iterator

import pytest

from local import seed
from tests.support.platform import Platform, running


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    with running() as up:
        yield up


@pytest.fixture(scope="session")
def people() -> dict[str, seed.DemoCustomer]:
    return {customer.key: customer for customer in seed.customers()}

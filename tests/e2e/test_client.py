"""The generated Python client against a running platform: what the portal teaches in ten minutes."""

from pathlib import Path

import pytest

from local import seed
from tests.support import client
from tests.support.platform import Platform

pytestmark = pytest.mark.e2e


def test_a_program_signs_in_orders_and_has_its_invoice_through_the_client(
    platform: Platform, people: dict[str, seed.DemoCustomer], tmp_path: Path
) -> None:
    with client.generated(tmp_path) as library:
        came_to = client.ten_minutes(library, platform.shop.api_url, people["siam"].email, seed.PASSWORD)
    assert came_to["invoice"].order_id == came_to["order"].id
    assert came_to["invoice"].currency == came_to["quote"].currency
    assert came_to["case"].order_id == came_to["order"].id
    assert came_to["link"].url.startswith("http")

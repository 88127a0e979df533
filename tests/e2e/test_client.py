"""The portal of a running platform, and the generated Python client doing what it teaches in ten minutes."""

from pathlib import Path

import pytest
import urllib3

from local import seed
from services.portal.generate import DOCUMENT
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


def test_the_page_and_the_document_are_where_the_api_is(platform: Platform) -> None:
    with urllib3.PoolManager(timeout=10) as http:
        page = http.request("GET", platform.shop.api_url)
        document = http.request("GET", f"{platform.shop.api_url}/openapi.json")
    assert (page.status, document.status) == (200, 200)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert document.data == DOCUMENT.read_bytes()

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from local.ccp.app import create_app
from local.ccp.catalogue import Product, load_catalogue
from local.ccp.ledger import Ledger
from local.ccp.provider import Provider
from local.ccp.switchboard import Switchboard

CUSTOMER = "0b0f6a38-3c53-4c4f-9d3c-1d4d1a7f3c10"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "sales.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def client(ledger: Ledger) -> FlaskClient:
    return create_app(Provider(load_catalogue(), ledger), Switchboard()).test_client()


@pytest.fixture
def product() -> Product:
    return next(iter(load_catalogue().values()))


@pytest.fixture
def order(product: Product) -> dict[str, object]:
    return order_of(product.id, 12)


def order_of(service_id: UUID, amount: object) -> dict[str, object]:
    return {
        "serviceId": str(service_id),
        "amount": amount,
        "subscriptionId": "6a1fd3a5-2f6a-4d0a-8a3e-0d1b1c8c3b11",
        "customerId": CUSTOMER,
    }

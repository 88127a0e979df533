"""Sales Products in process, with a CCP whose catalogue a test writes."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.common.api import Gate
from services.common.api.quota import Quota
from services.products import synchroniser
from services.products.api import OPERATIONS
from services.products.ccp import CatalogueClient, Listing, listing_of
from services.products.web import app
from services.registry import Caller
from tests.integration.conftest import PRODUCT, World
from tests.support.conformance import conforming
from tests.support.desk import Verifier

STAFF = uuid4()


def entry(name: str, price: str = "10.00", **changes: object) -> dict[str, Any]:
    """A service of the CCP; its id follows from its name."""
    return {
        "id": str(UUID(int=sum(map(ord, name)) * 7919)),
        "vendor": "Nimbus",
        "name": name,
        "description": "Mail and files",
        "unitPrice": price,
        "currency": "EUR",
        "unit": "user/month",
        **changes,
    }


OFFERED = entry(PRODUCT.name, id=str(PRODUCT.id))
"""What the world's one product is at the CCP."""


class Ccp(CatalogueClient):
    """A CCP that lists what a test has written, or fails."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = [OFFERED]
        self.fault: Exception | None = None

    def listing(self) -> Listing:
        if self.fault is not None:
            raise self.fault
        return listing_of(self.entries)


@dataclass
class Shelf:
    """The hands of everybody who uses the catalogue."""

    world: World
    ccp: Ccp = field(default_factory=Ccp)

    @property
    def client(self) -> FlaskClient:
        service = app(Gate(self.world.database, Verifier(), Quota(1_000_000)))
        service.test_client_class = conforming(OPERATIONS)
        return service.test_client()

    def synchronise(self) -> bool:
        """A run, whether or not one is due by the clock; whether one was made."""
        self.world.admin.execute("UPDATE catalogue_synchronisation SET started_at = started_at - interval '1 hour'")
        return synchroniser.synchronise(self.world.database, self.ccp) is not None

    def ask(self, path: str, *, who: str = "liffey", **query: object) -> TestResponse:
        """A request of a customer's administrator, or of staff by their role."""
        return self.client.get(path, query_string=query, headers={"Authorization": f"Bearer {self.token(who)}"})

    def get(self, path: str, *, who: str = "liffey", **query: object) -> Any:
        answer = self.ask(path, who=who, **query)
        assert answer.status_code == 200, answer.data
        return answer.json

    def post(self, path: str, body: object, *, key: str | None = None, who: str = Caller.OPERATOR) -> TestResponse:
        given = {"Authorization": f"Bearer {self.token(who)}"} | ({"Idempotency-Key": key} if key else {})
        return self.client.post(path, json=body, headers=given)

    def delete(self, path: str) -> TestResponse:
        return self.client.delete(path, headers={"Authorization": f"Bearer {self.token(Caller.OPERATOR)}"})

    def token(self, who: str) -> str:
        staff = {Caller.OPERATOR.value, Caller.SUPPORT.value}
        return f"{STAFF} {who}" if who in staff else str(self.world.subject(who))

    def rule(self, **changes: object) -> Any:
        answer = self.post("/catalogue/margin-rules", {"markupPercent": "18", "validFrom": "2026-01-01"} | changes)
        assert answer.status_code == 201, answer.data
        return answer.json

    def rate(self, rate: str, **changes: object) -> Any:
        told = {"base": "EUR", "quote": "SGD", "rate": rate, "validFrom": "2026-01-01", "source": "ECB"}
        answer = self.post("/catalogue/exchange-rates", told | changes)
        assert answer.status_code == 201, answer.data
        return answer.json

    def runs(self) -> Any:
        return self.get("/catalogue/synchronisations", who=Caller.OPERATOR)["synchronisations"]

    def names(self, *, who: str = "liffey", **query: object) -> list[str]:
        return [product["name"] for product in self.get("/products", who=who, **query)["products"]]

    def price(self, *, who: str = "liffey") -> tuple[str | None, str | None]:
        """What the world's one product costs somebody."""
        address = self.world.value("SELECT id FROM sales_product WHERE ccp_product_id = %s", PRODUCT.id)
        shown = self.get(f"/products/{address}", who=who)
        return shown["salesPrice"], shown["currency"]


@pytest.fixture
def shelf(world: World) -> Shelf:
    return Shelf(world)


@pytest.fixture
def abroad(shelf: Shelf) -> Shelf:
    """The legal entity of Asia Pacific, which is siam's, sells in Singapore dollars."""
    shelf.rate("1.5")
    return shelf

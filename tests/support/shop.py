"""The order service with one customer's hands on it, over a CCP that a test can script."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.common.api import Gate
from services.common.api.quota import Quota
from services.common.ccp.client import CcpOutcomeUnknown
from services.common.ccp.transport import Deadline
from services.common.errors import Unauthorized
from services.common.sealing.vault import Vault
from services.common.tokens import Principal, TokenVerifier
from services.order.api import OPERATIONS
from services.order.cancellations import Cancellations
from services.order.ccp import CcpClient, Purchase
from services.order.model import CcpSale, LedgerPage, RecordedSale
from services.order.settlement import Settlement
from services.order.web import create_app
from tests.integration.conftest import PRODUCT, World
from tests.support.conformance import conforming
from tests.support.keys import Keys

ORDER = "/create-order"


class Verifier(TokenVerifier):
    """Accepts `Bearer <subject>`; tokens have tests of their own."""

    def __init__(self) -> None:
        pass

    def verify(self, authorization: str | None) -> Principal:
        if not authorization:
            raise Unauthorized("no token")
        return Principal(UUID(authorization.removeprefix("Bearer ")))


class Ccp(CcpClient):
    """A CCP that sells once per order id, unless a test scripts it otherwise."""

    def __init__(self) -> None:
        self.calls: list[Purchase] = []
        self.sales: dict[UUID, CcpSale] = {}
        self.orders: dict[UUID, Purchase] = {}
        self.cancelled: dict[UUID, datetime] = {}
        self.cancelling: Exception | None = None
        self.script: Callable[[CcpSale], CcpSale] | Exception = lambda sale: sale

    def wait(self) -> float:
        return 0.0

    def deadline(self) -> Deadline:
        return Deadline(10)

    def sales_of(self, order_id: UUID, deadline: Deadline) -> tuple[RecordedSale, ...]:
        if isinstance(self.script, CcpOutcomeUnknown):
            raise self.script
        return (self._recorded(order_id),) if order_id in self.sales else ()

    def sales_after(self, cursor: int) -> LedgerPage:
        if isinstance(self.script, CcpOutcomeUnknown):
            raise self.script
        return LedgerPage(sales=tuple(map(self._recorded, self.sales)), next=None)

    def _recorded(self, order_id: UUID) -> RecordedSale:
        sale, purchase = self.sales[order_id], self.orders.get(order_id)
        return RecordedSale.model_validate(
            {
                "transactionId": sale.transaction_id,
                "reference": str(order_id),
                "cancelledAt": self.cancelled.get(sale.transaction_id),
                "answer": sale.model_dump(by_alias=True),
                "order": purchase
                and {
                    "serviceId": purchase.service_id,
                    "amount": purchase.amount,
                    "subscriptionId": purchase.subscription_id,
                    "customerId": purchase.customer_id,
                },
            }
        )

    def cancel(self, transaction_id: UUID, deadline: Deadline | None = None) -> None:
        if self.cancelling is not None:
            raise self.cancelling
        self.cancelled[transaction_id] = datetime.now(UTC)

    def buy(self, purchase: Purchase, deadline: Deadline, renewal: int = 0) -> CcpSale:
        self.calls.append(purchase)
        if isinstance(self.script, Exception):
            raise self.script
        self.orders.setdefault(purchase.order_id, purchase)
        return self.script(self.sales.setdefault(purchase.order_id, sale_of(purchase)))


def sale_of(purchase: Purchase) -> CcpSale:
    keys = [{"id": str(uuid4()), "key": f"KEY-{uuid4()}"} for _ in range(purchase.amount)]
    return CcpSale.model_validate(
        {
            "transactionId": str(uuid4()),
            "serviceItemId": str(purchase.service_id),
            "amount": purchase.amount,
            "pricePerItem": str(purchase.prices[0]),
            "totalPrice": str(purchase.prices[0] * purchase.amount),
            "discount": 0,
            "licenseKeys": keys,
            "timestamp": datetime(2026, 11, 22, 12, tzinfo=UTC).isoformat(),
        }
    )


class Shop:
    """The service with one customer's hands on it."""

    def __init__(self, world: World, vault: Vault | None = None) -> None:
        self.world, self.ccp, self.keys = world, Ccp(), Keys()
        self.vault = vault or Vault(world.database, self.keys)
        self.settlement = Settlement(world.database, self.ccp, self.vault, pause_seconds=0)
        self.cancellations = Cancellations(world.database, self.ccp)
        app = create_app(Gate(world.database, Verifier(), Quota(1_000_000)), self.settlement, self.cancellations)
        app.test_client_class = conforming(OPERATIONS)
        self.client: FlaskClient = app.test_client()

    def body(self, **changes: object) -> dict[str, object]:
        subscription = str(self.world.customer("liffey").subscription_id)
        return {"ccpServiceItemId": str(PRODUCT.id), "amount": 2, "subscriptionId": subscription} | changes

    def order(self, body: object = None, *, key: str | None = None, who: str = "liffey") -> TestResponse:
        raw = body if isinstance(body, bytes) else json.dumps(self.body() if body is None else body).encode()
        headers = {"Authorization": f"Bearer {self.world.subject(who)}", "Content-Type": "application/json"}
        return self.client.post(ORDER, data=raw, headers=headers | ({"Idempotency-Key": key} if key else {}))

    def cancel(self, address: str, *, key: str | None = None, who: str = "liffey") -> TestResponse:
        headers = {"Authorization": f"Bearer {self.world.subject(who)}"} | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"{address}/cancel", headers=headers)

    def get(self, address: str, *, who: str = "liffey") -> TestResponse:
        return self.client.get(address, headers={"Authorization": f"Bearer {self.world.subject(who)}"})

"""Licensing in process, before the CCP's simulator and beside the order service that buys for it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.test import TestResponse

from local.seed.demo import stable_id
from services.common.api import Gate
from services.common.api.quota import Quota
from services.licensing import crediting
from services.licensing.api import OPERATIONS
from services.licensing.ccp import LicenceDesk
from services.licensing.settlement import Settlement
from services.licensing.web import build
from services.order.reconciler import reconcile
from tests.integration.conftest import World
from tests.support.ccp import Simulator
from tests.support.conformance import conforming
from tests.support.keys import vault
from tests.support.market import Market
from tests.support.shop import Verifier

BATCH = 200


@dataclass
class Item:
    """A subscription item as its customer has read it."""

    id: str
    version: int
    quantity: int

    @property
    def etag(self) -> str:
        return f'"{self.version}"'


class Office:
    """The hands of a customer on licensing, and the hands of the clock; the customer is `liffey` unless told."""

    def __init__(self, world: World, simulator: Simulator, *, read_seconds: float = 0.3) -> None:
        self.world, self.simulator = world, simulator
        self.market = Market(world, simulator, read_seconds=read_seconds)
        # One process would have one gate; here the order service and licensing share the market's, and its fast clock.
        self.desk = LicenceDesk(simulator.url, self.market.ccp._patience, self.market.gate)
        self.settlement = Settlement(world.database, self.desk, pause_seconds=0.01)
        app = build(Gate(world.database, Verifier(), Quota(1_000_000)), self.settlement, vault(world.database))
        app.test_client_class = conforming(OPERATIONS)
        self.app = app

    def bought(self, amount: int, who: str = "liffey") -> Item:
        """An item with that many licences more, bought by an order."""
        key = f"buy-{self.world.value('SELECT count(*) FROM sales_order')}"
        assert self.market.order(key, amount).status_code == 201
        return self.item(who)

    def item(self, who: str = "liffey") -> Item:
        """The customer's only item."""
        [item] = self.get("/subscription-items", who=who)["items"]
        return Item(item["id"], item["version"], item["quantity"])

    def ask(self, path: str, *, who: str = "liffey", **query: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.world.subject(who)}"}
        return self.app.test_client().get(path, query_string=query, headers=headers)

    def get(self, path: str, *, who: str = "liffey", **query: str) -> Any:
        answer = self.ask(path, who=who, **query)
        assert answer.status_code == 200, answer.data
        return answer.json

    def post(
        self,
        path: str,
        body: dict[str, object] | None = None,
        *,
        version: int | None = None,
        key: str | None = None,
        who: str = "liffey",
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.world.subject(who)}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        client = self.app.test_client()
        return client.post(path, headers=headers) if body is None else client.post(path, json=body, headers=headers)

    def quantity(self, wanted: int, item: Item | None = None, **more: Any) -> TestResponse:
        """Asks for that quantity of the item, by default as it is now."""
        item = item or self.item()
        body: dict[str, object] = {"quantity": wanted, **more.pop("body", {})}
        return self.post(f"/subscription-items/{item.id}/quantity", body, version=item.version, **more)

    def cancel(self, item: Item | None = None, *, include_assigned: bool = False, **more: Any) -> TestResponse:
        item = item or self.item()
        body: dict[str, object] = {"includeAssigned": include_assigned}
        return self.post(f"/subscription-items/{item.id}/cancel", body, version=item.version, **more)

    def licences(self, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/licenses", limit="100", **query)["licenses"]
        return found

    def extend(self, licence: dict[str, Any], to: date, **more: Any) -> TestResponse:
        path = f"/licenses/{licence['id']}/extend"
        return self.post(path, {"validToDate": to.isoformat()}, version=more.pop("version", licence["version"]), **more)

    def assign(self, licence: dict[str, Any], account: UUID | None = None, **more: Any) -> TestResponse:
        body: dict[str, object] = {"accountId": str(account or self.account())}
        return self.post(f"/licenses/{licence['id']}/assign", body, version=licence["version"], **more)

    def give_back_elsewhere(self, licences: list[dict[str, Any]]) -> None:
        """Has the CCP take licences back without licensing's doing."""
        self.simulator.give_back(
            {
                "customerId": str(self.world.customer("liffey").id),
                "subscriptionId": str(self.world.customer("liffey").subscription_id),
                "serviceId": str(self.market.product_id),
                "licenseIds": [one["id"] for one in licences],
            }
        )

    def account(self, who: str = "liffey") -> UUID:
        return stable_id("account", who)

    def hurry(self) -> None:
        """Makes everything due that waits for a later time."""
        self.world.admin.execute("UPDATE licence_change SET leased_until = now() - interval '1 s'")
        self.market.hurry()

    def settle_all(self) -> None:
        """Reconciles in both services until nothing is left without an outcome; parked changes too."""
        while self.world.value(
            """
            SELECT (SELECT count(*) FROM sales_order WHERE state = 'RESERVED')
                + (SELECT count(*) FROM licence_change WHERE state IN ('RESERVED', 'PARKED'))
            """
        ):
            self.hurry()
            self.market.await_gate()
            reconcile(self.world.database, self.market.settlement, self.market.ccp)
            self.settlement.reconcile(BATCH)

    def invoice_all(self) -> None:
        """Gives every confirmed order an invoice number, as the invoice service does."""
        self.world.admin.execute(
            """
            INSERT INTO invoice_series (series, legal_entity_id)
            SELECT invoice_series, id FROM legal_entity ON CONFLICT DO NOTHING
            """
        )
        self.world.admin.execute(
            """
            INSERT INTO invoice (order_id, revision, series, number, invoice_number, subscription_item_id, amount,
                currency)
            SELECT o.id, 1, 'EU', n.last + row_number() OVER (), 'EU-' || n.last + row_number() OVER (),
                o.subscription_item_id, 1, o.currency
            FROM sales_order o, (SELECT coalesce(max(number), 0) AS last FROM invoice) AS n
            WHERE o.state = 'CONFIRMED' AND NOT EXISTS (SELECT FROM invoice i WHERE i.order_id = o.id)
            """
        )

    def credit_all(self) -> list[dict[str, Any]]:
        """Finishes what is confirmed; every credit that was ever asked for: its order, invoice and pieces."""
        self.hurry()
        crediting.finish(self.world.database)
        rows = self.world.admin.execute(
            """
            SELECT order_id, body::json FROM outbox WHERE queue = 'invoice' AND body LIKE '%"requestId"%' ORDER BY id
            """
        ).fetchall()
        return [{"order": row[0], **row[1]} for row in rows]  # type: ignore[dict-item]

"""The order service in process, before the CCP's simulator: with short time-outs and a gate whose clock runs fast."""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from local.ccp.catalogue import load_catalogue
from local.seed import CatalogueItem, write_rows
from services.common import orders
from services.common.api import Gate as ApiGate
from services.common.api.quota import Quota
from services.common.ccp.gate import Gate
from services.common.ccp.transport import Patience
from services.order import comparison, discrepancies, verification
from services.order.api import OPERATIONS
from services.order.cancellations import Cancellations
from services.order.ccp import CcpClient
from services.order.reconciler import reconcile
from services.order.settlement import Settlement
from services.order.web import create_app
from tests.integration.conftest import World
from tests.support.ccp import Simulator
from tests.support.conformance import conforming
from tests.support.keys import vault
from tests.support.shop import Verifier

HASTE = 50
"""How much faster than the wall the gate's clock runs: its pauses of seconds take milliseconds."""

MIX: dict[str, object] = {
    "errorRate": 0.10,
    "hangAfterAcceptRate": 0.08,
    "hangSeconds": 2,
    "dropAfterAcceptRate": 0.08,
    "partialFillRate": 0.04,
}
"""Faults that together strike 30 % of the orders."""


@dataclass(frozen=True)
class Accounts:
    """What stands in the database and at the CCP at the end."""

    states: Counter[str]
    violations: list[str]


class Market:
    """One customer's hands on the service, and the hands of the clock."""

    def __init__(self, world: World, simulator: Simulator, *, read_seconds: float = 0.3) -> None:
        self.world, self.simulator = world, simulator
        # An order's id follows from its key: the ledger of an earlier test has sales of the same orders else.
        self.ours = uuid4().hex
        product = next(iter(load_catalogue().values()))
        self.product_id = product.id
        item = CatalogueItem(product.id, product.name, product.description, product.unit_price, product.currency)
        write_rows(world.admin, [item], world.subjects)
        self.gate = Gate(clock=lambda: time.monotonic() * HASTE)
        patience = Patience(connect=read_seconds, read=read_seconds, pause=0.01, budget=10 * read_seconds)
        self.ccp = CcpClient(simulator.url, patience, self.gate)
        self.settlement = Settlement(world.database, self.ccp, vault(world.database), patience.pause)
        self.settlement.prepare()  # the keys are there, and tests can count what an order takes
        self.cancellations = Cancellations(world.database, self.ccp)
        access = ApiGate(world.database, Verifier(), Quota(1_000_000))
        self.app: Flask = create_app(access, self.settlement, self.cancellations)
        self.app.test_client_class = conforming(OPERATIONS)

    def order(self, key: str, amount: int = 2) -> TestResponse:
        body = {
            "ccpServiceItemId": str(self.product_id),
            "amount": amount,
            "subscriptionId": str(self.world.customer("liffey").subscription_id),
        }
        headers = {"Authorization": f"Bearer {self.world.subject('liffey')}", "Idempotency-Key": self.key(key)}
        return self.app.test_client().post("/create-order", json=body, headers=headers)

    def key(self, name: str) -> str:
        """The key as it is sent."""
        return f"{name}-{self.ours}" if name else name

    def order_many(self, count: int, clients: int) -> list[TestResponse]:
        with ThreadPoolExecutor(clients) as pool:
            return list(pool.map(lambda number: self.order(f"key-{number}", 1 + number % 5), range(count)))

    def hurry(self) -> None:
        """Makes everything due that waits for a later time."""
        self.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s' WHERE ccp_waiting")
        self.world.admin.execute("UPDATE ccp_comparison SET due_at = now()")
        self.world.admin.execute("UPDATE ccp_discrepancy SET cancel_at = now() WHERE cancel_at IS NOT NULL")

    def await_gate(self) -> None:
        while (seconds := self.ccp.wait()) > 0:
            time.sleep(seconds / HASTE)

    def settle_all(self) -> int:
        """Reconciles until no order is left without an outcome; how many rounds that took."""
        rounds = 0
        while self.world.value("SELECT count(*) FROM sales_order WHERE state = 'RESERVED'"):
            self.hurry()
            self.await_gate()
            reconcile(self.world.database, self.settlement, self.ccp)
            rounds += 1
        return rounds

    def restart(self) -> None:
        """What an operator's restart comes to for parked orders without a sale, and the reconciler's work on them."""
        with self.world.database.transaction() as connection:
            for row in connection.execute("SELECT id FROM sales_order WHERE state = 'PARKED'").fetchall():
                orders.resume(connection, row["id"], orders.State.RESERVED, "restarted")
        self.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
        self.await_gate()
        reconcile(self.world.database, self.settlement, self.ccp)

    def charge_twice(self, count: int) -> int:
        """Has the CCP sell some confirmed orders a second time, as if it ignored their keys; how many."""
        rows = self.world.admin.execute(
            "SELECT id::text, amount FROM sales_order WHERE state = 'CONFIRMED' ORDER BY id LIMIT %s", (count,)
        ).fetchall()
        for order_id, amount in rows:
            self.simulator.sell(self.product_id, int(str(amount)), str(order_id))
        return len(rows)

    def cancel_all(self) -> None:
        """Has the CCP take back every sale."""
        for sale in self.simulator.live():
            self.ccp.cancel(sale["transactionId"])

    def take_back(self, count: int) -> tuple[set[str], set[str]]:
        """Has the CCP cancel some sales of confirmed orders; which, and which the service finds among twice as many."""
        rows = self.world.admin.execute(
            """
            UPDATE sales_order SET ccp_check_at = now()
            WHERE id IN (SELECT id FROM sales_order WHERE state = 'CONFIRMED' ORDER BY id LIMIT %s)
            RETURNING ccp_transaction_id
            """,
            (2 * count,),
        ).fetchall()
        transactions = sorted(str(row[0]) for row in rows)
        for transaction in transactions[:count]:
            self.ccp.cancel(UUID(transaction))
        while verification.verify(self.world.database, self.ccp):
            pass
        lost = self.world.admin.execute("SELECT transaction_id FROM ccp_discrepancy WHERE kind = 'LOST'").fetchall()
        return set(transactions[:count]), {str(row[0]) for row in lost}

    def compare(self) -> int | None:
        """One comparison, with the cancellations that follow from it."""
        self.hurry()
        self.await_gate()
        read = comparison.compare(self.world.database, self.ccp)
        discrepancies.cancel_extras(self.world.database, self.ccp)
        return read

    def compare_all(self) -> int:
        """Comparisons until the ledger is read to its end; how many sales were read."""
        read = 0
        while True:
            read += self.compare() or 0
            if self.world.value("SELECT due_at > now() + interval '1 minute' FROM ccp_comparison"):
                return read

    def accounts(self) -> Accounts:
        """Every order against every live sale, read from the database and the ledger alone."""
        rows = self.world.admin.execute(
            "SELECT id::text, state, amount, ccp_transaction_id::text FROM sales_order"
        ).fetchall()
        live: dict[str | None, list[dict[str, Any]]] = {}
        for sale in self.simulator.live():
            live.setdefault(sale["reference"], []).append(sale)
        found = []
        for order_id, state, amount, transaction in rows:
            sales = live.pop(str(order_id), [])
            sold = [(sale["transactionId"], sale["answer"]["amount"]) for sale in sales]
            if state == "CONFIRMED" and sold != [(transaction, amount)]:
                found.append(f"{order_id} of {amount} is confirmed with {transaction}, and the CCP has {sold}")
            if state == "PARKED" and (len(sold) != 1 or sold[0][1] == amount):
                found.append(f"{order_id} of {amount} is parked, and the CCP has {sold}")
            if state not in ("CONFIRMED", "PARKED"):
                found.append(f"{order_id} is {state}, and the CCP has {sold}")
        found += [f"the CCP has a sale for {reference}, which is no order" for reference in live]
        licences = self.world.value("SELECT count(*) FROM license")
        ordered = sum(int(str(row[2])) for row in rows if row[1] == "CONFIRMED")
        if licences != ordered:
            found.append(f"{ordered} licences are ordered and confirmed, and {licences} are kept")
        return Accounts(Counter(str(row[1]) for row in rows), found)


def document(answer: TestResponse) -> dict[str, Any]:
    """The JSON object in an answer."""
    read: dict[str, Any] = json.loads(answer.data)
    return read


def only_order(market: Market) -> str:
    return str(market.world.value("SELECT id FROM sales_order"))


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.__dict__["outcome"] for record in caplog.records if record.getMessage() == "ccp-discrepancy"]


def crashed(market: Market) -> str:
    """An order whose request died between its reservation and its call."""

    class Dead(Settlement):
        def settle(self, purchase: object) -> None:  # type: ignore[override]
            raise RuntimeError("killed")

    living, market.settlement.__class__ = market.settlement.__class__, Dead
    try:
        assert market.order("k1").status_code == 500
    finally:
        market.settlement.__class__ = living
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    return only_order(market)

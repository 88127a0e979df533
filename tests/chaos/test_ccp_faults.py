"""Five thousand orders before a CCP that loses answers, errs, hangs, fills in part and charges twice."""

import time
from pathlib import Path

import pytest

from tests.integration.conftest import World, server, world  # noqa: F401 - fixtures
from tests.support.ccp import running
from tests.support.market import MIX, Market

pytestmark = pytest.mark.chaos
ORDERS, CLIENTS, SEED = 5_000, 8, 20261122


@pytest.mark.parametrize("keys", ["keys", "no keys"])
def test_sales_equal_orders_after_reconciliation(world: World, tmp_path: Path, keys: str) -> None:  # noqa: F811
    began = time.monotonic()
    with running(tmp_path / "sales.sqlite3") as simulator:
        market = Market(world, simulator)
        simulator.misbehave(**MIX, ignoreIdempotencyKeys=keys == "no keys", seed=SEED)
        answers = market.order_many(ORDERS, CLIENTS)
        ordered = time.monotonic()
        pending = sum(answer.status_code == 202 for answer in answers)
        simulator.misbehave(**MIX, errorStatus=429, retryAfterSeconds=1, seed=SEED + 1)
        rounds = market.settle_all()
        simulator.behave()
        doubled = market.charge_twice(ORDERS // 50)
        read = market.compare_all()
        accounts, sales = market.accounts(), simulator.sales()
        taken_back, flagged = market.take_back(ORDERS // 100)
    live = [sale for sale in sales if sale["cancelledAt"] is None]
    print(
        f"\n{ORDERS} orders, {keys}, seed {SEED}, 30 % faults: {dict(accounts.states)}; {pending} answered 202,"
        f" {rounds} rounds of reconciliation, {read} sales compared, {len(live)} live,"
        f" {len(sales) - len(live)} extra sales cancelled; {len(accounts.violations)} violations;"
        f" {len(taken_back)} sales taken back by the CCP afterwards, {len(flagged)} flagged;"
        f" ordering {ordered - began:.0f} s, all {time.monotonic() - began:.0f} s"
    )
    assert accounts.violations == []
    assert len(live) == ORDERS
    assert len(sales) == ORDERS + doubled
    assert flagged == taken_back

"""Cancelling at the same time as everything else: two at once, the order under way, the reconciler, a crash."""

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from services.common.ccp.transport import Deadline
from services.order import discrepancies
from services.order.leases import lease
from services.order.reconciler import reconcile
from tests.support.market import MIX, Market
from tests.support.shop import Shop

SEED = 20261122
ORDERS = 60


def cancel(market: Market, order: str, key: str | None = None) -> TestResponse:
    headers = {"Authorization": f"Bearer {market.world.subject('liffey')}"} | ({"Idempotency-Key": key} if key else {})
    return market.app.test_client().post(f"/orders/{order}/cancel", headers=headers)


def finish(market: Market) -> None:
    """Turns every clock until nothing is open any more."""
    market.simulator.behave()
    while market.world.value(
        "SELECT count(*) FROM sales_order WHERE state = 'RESERVED' OR cancel_due_at IS NOT NULL AND state <> 'PARKED'"
    ):
        market.hurry()
        market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
        market.world.admin.execute("UPDATE sales_order SET cancel_due_at = now() WHERE cancel_due_at IS NOT NULL")
        market.await_gate()
        market.cancellations.pursue_all()
        reconcile(market.world.database, market.settlement, market.ccp)
    market.compare_all()


def violations(market: Market) -> list[str]:
    """Every order against what the CCP has sold and not cancelled, and against its licences."""
    live: dict[str, int] = {}
    for sale in market.simulator.live():
        live[str(sale["reference"])] = live.get(str(sale["reference"]), 0) + 1
    rows = market.world.admin.execute(
        """
        SELECT o.id::text, o.state, o.cancelled_at IS NOT NULL, o.amount,
            (SELECT count(*) FROM license l WHERE l.order_id = o.id AND l.returned_at IS NULL)
        FROM sales_order o
        """
    ).fetchall()
    found = []
    for order, state, cancelled, amount, licences in rows:
        expected = (0, 0) if cancelled else (1, amount)
        if state != "PARKED" and (live.get(str(order), 0), licences) != expected:
            sold = live.get(str(order), 0)
            found.append(f"{order} is {state}, {cancelled=}: {sold} live sales and {licences} licences")
    quantity = market.world.value("SELECT coalesce(sum(quantity), 0) FROM subscription_item")
    if quantity != market.world.value("SELECT count(*) FROM license WHERE returned_at IS NULL"):
        found.append("the items' quantities are not the number of their licences")
    return found


@pytest.mark.parametrize("keys", ["keys", "no keys"])
def test_orders_that_are_cancelled_at_any_moment_are_sold_and_kept_or_neither(market: Market, keys: str) -> None:
    """Against a CCP that errs, hangs and loses answers, with the reconciler at work meanwhile."""
    dice = random.Random(SEED)
    market.simulator.misbehave(**MIX, ignoreIdempotencyKeys=keys == "no keys", latencyMs=5, seed=SEED)

    def both(number: int) -> None:
        order = market.order(f"key-{number}", 1 + number % 3).headers.get("Location", "").rpartition("/")[2]
        if order and dice.random() < 0.7:
            cancel(market, order)

    def meanwhile() -> None:
        for _ in range(20):
            reconcile(market.world.database, market.settlement, market.ccp)
            market.cancellations.pursue_all()

    with ThreadPoolExecutor(8) as pool:
        background = pool.submit(meanwhile)
        list(pool.map(both, range(ORDERS)))
        background.result()
    finish(market)
    assert violations(market) == []
    assert int(str(market.world.value("SELECT count(*) FROM sales_order WHERE state = 'CANCELLED'"))) > ORDERS / 4


def test_many_who_cancel_at_once_cancel_once(market: Market) -> None:
    order = market.order("k1").headers["Location"].rpartition("/")[2]
    with ThreadPoolExecutor(16) as pool:
        statuses = {answer.status_code for answer in pool.map(lambda _: cancel(market, order), range(32))}
    assert statuses <= {200, 202, 503}
    finish(market)
    assert violations(market) == []
    assert market.world.value("SELECT count(*) FROM order_event WHERE stage = 'CANCELLED'") == 1
    assert market.world.value("SELECT count(*) FROM order_event WHERE stage = 'CANCEL_ASKED'") == 1


def test_an_order_that_is_just_being_bought_is_cancelled_once_its_outcome_is_known(market: Market) -> None:
    market.simulator.misbehave(latencyMs=150)
    with ThreadPoolExecutor(1) as pool:
        buying = pool.submit(market.order, "k1")
        while not (order := market.world.value("SELECT id FROM sales_order")):
            pass
        early = cancel(market, str(order))
        assert early.status_code in (200, 202)
        bought = buying.result()
    assert bought.status_code in (201, 202)
    finish(market)
    assert market.world.value("SELECT state FROM sales_order") == "CANCELLED"
    assert violations(market) == []


def test_a_crash_after_the_ccp_has_cancelled_is_made_good(shop: Shop) -> None:
    address = shop.order().headers["Location"]
    true_cancel = shop.ccp.cancel

    def dies(transaction_id: UUID, deadline: Deadline | None = None) -> None:
        true_cancel(transaction_id, deadline)
        raise RuntimeError("killed")

    shop.ccp.cancel = dies  # type: ignore[method-assign]
    assert shop.cancel(address, key="c1").status_code == 500
    shop.ccp.cancel = true_cancel  # type: ignore[method-assign]
    assert shop.cancel(address, key="c1").status_code == 202
    shop.world.admin.execute("UPDATE sales_order SET cancel_due_at = now()")
    assert shop.cancel(address, key="c1").status_code == 200
    assert shop.world.value("SELECT count(*) FROM order_event WHERE stage = 'CANCELLED'") == 1


def test_who_buys_after_the_cancellation_buys_for_nobody(market: Market) -> None:
    """A process that was stopped before its call, and goes on long after its lease has ended."""
    market.simulator.misbehave(errorRate=1)
    order = market.order("k1").headers["Location"].rpartition("/")[2]
    with market.world.database.transaction() as connection:
        connection.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    with market.world.database.transaction() as connection:
        stopped = lease(connection, UUID(order))
    assert stopped is not None
    market.simulator.behave()
    market.await_gate()
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    assert cancel(market, order).status_code == 200
    late = market.settlement.settle(stopped)
    assert (late.status, len(market.simulator.live())) == (202, 1)
    discrepancies.cancel_extras(market.world.database, market.ccp)
    assert market.simulator.live() == []
    assert market.world.value("SELECT kind FROM ccp_discrepancy") == "REFUSED"

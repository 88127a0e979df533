"""Orders before a CCP that misbehaves, over a real socket: whatever it does, sales and orders agree in the end."""

import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import UUID

import pytest

from services.common import orders
from services.common.ccp.schedule import MAX_ATTEMPTS
from services.order import discrepancies
from services.order.leases import lease
from services.order.reconciler import reconcile
from tests.integration.conftest import World
from tests.support.market import MIX, Market, alarms, crashed, document

SEED = 20261122


LOST_ANSWERS = {
    "hang": {"hangAfterAcceptRate": 1, "hangSeconds": 1},
    "drop": {"dropAfterAcceptRate": 1},
}


@pytest.mark.parametrize("keys", ["keys", "no keys"])
@pytest.mark.parametrize("fault", LOST_ANSWERS)
def test_a_sale_whose_answer_is_lost_is_found_within_the_request(market: Market, fault: str, keys: str) -> None:
    market.simulator.misbehave(**LOST_ANSWERS[fault], ignoreIdempotencyKeys=keys == "no keys")
    answer = market.order("k1")
    assert answer.status_code == 201
    [sale] = market.simulator.live()
    assert document(answer)["transactionId"] == sale["transactionId"]
    assert market.order("k1").data == answer.data
    assert market.accounts().violations == []


def test_an_error_is_waited_out_and_the_key_replays_first_202_then_201(market: Market) -> None:
    market.simulator.misbehave(errorRate=1, errorStatus=500)
    first = market.order("k1")
    assert (first.status_code, document(first)["state"]) == (202, "RESERVED")
    assert market.order("k1").data == first.data
    market.simulator.behave()
    assert market.simulator.live() == []
    assert market.settle_all() == 1
    done, again = market.order("k1"), market.order("k1")
    assert (done.status_code, done.data) == (201, again.data)
    assert done.headers["Location"] == first.headers["Location"]
    assert market.accounts().violations == []


def test_a_ccp_that_is_down_is_left_alone_and_orders_wait(market: Market) -> None:
    market.gate._clock = lambda: 0.0
    market.simulator.misbehave(errorRate=1)
    answers = [market.order(f"k{number}") for number in range(20)]
    assert {answer.status_code for answer in answers} == {202}
    assert market.ccp.wait() > 0
    market.simulator.behave()
    assert market.order("late").status_code == 202
    market.hurry()
    assert reconcile(market.world.database, market.settlement, market.ccp) == 0
    assert market.simulator.live() == []
    market.gate._clock = lambda: 60.0
    market.settle_all()
    assert market.accounts().states == {"CONFIRMED": 21}
    assert market.accounts().violations == []


def test_a_retry_after_is_remembered_across_requests(market: Market) -> None:
    market.gate._clock = lambda: 0.0
    market.simulator.misbehave(errorRate=1, errorStatus=429, retryAfterSeconds=30)
    assert market.order("k1").status_code == 202
    assert market.ccp.wait() == 30
    market.simulator.behave()
    assert market.order("k2").status_code == 202
    market.hurry()
    assert reconcile(market.world.database, market.settlement, market.ccp) == 0
    assert market.simulator.live() == []
    attempts = "SELECT array_agg(ccp_attempts ORDER BY created_at) FROM sales_order"
    assert market.world.value(attempts) == [1, 1]
    market.gate._clock = lambda: 31.0
    market.settle_all()
    assert market.accounts().states == {"CONFIRMED": 2}


def test_an_attempt_in_which_the_ccp_was_not_called_does_not_count(market: Market) -> None:
    order = crashed(market)
    market.gate._clock = lambda: 0.0
    market.gate.failed(retry_after=30)
    with market.world.database.transaction() as connection:
        purchase = lease(connection, UUID(order))
    assert purchase is not None
    assert purchase.attempt == 2
    assert market.settlement.settle(purchase).status == 202
    assert market.world.value("SELECT ccp_attempts FROM sales_order") == 1
    due = market.world.value("SELECT extract(epoch FROM leased_until - now())::float FROM sales_order")
    assert 20 < float(str(due)) <= 30, "it comes back when the gate opens"


def test_bursts_of_429_end_in_one_sale_each(market: Market) -> None:
    market.simulator.misbehave(errorRate=0.5, errorStatus=429, retryAfterSeconds=2, seed=SEED)
    market.order_many(60, 6)
    market.hurry()
    market.await_gate()
    reconcile(market.world.database, market.settlement, market.ccp)
    assert market.world.value("SELECT count(*) FROM sales_order WHERE state = 'RESERVED'"), "there was no burst"
    market.simulator.behave()
    market.settle_all()
    assert market.accounts().states == {"CONFIRMED": 60}
    assert market.accounts().violations == []


def test_a_partial_fill_is_parked_and_kept_for_a_person(market: Market, caplog: pytest.LogCaptureFixture) -> None:
    market.simulator.misbehave(partialFillRate=1, seed=1)
    answer = market.order("k1", 5)
    assert document(answer)["state"] == "PARKED"
    market.simulator.behave()
    with caplog.at_level(logging.ERROR):
        market.compare()
        market.compare()
    assert alarms(caplog) == ["PARKED"]
    assert len(market.simulator.live()) == 1
    assert market.accounts().violations == []


def test_a_request_that_died_before_its_call_is_bought_once(market: Market) -> None:
    crashed(market)
    assert reconcile(market.world.database, market.settlement, market.ccp) == 1
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []


def test_a_request_that_died_after_its_call_is_confirmed_from_the_ledger(market: Market) -> None:
    order = crashed(market)
    market.simulator.misbehave(ignoreIdempotencyKeys=True)
    transaction = market.simulator.sell(market.product_id, 2, order)
    assert reconcile(market.world.database, market.settlement, market.ccp) == 1
    assert market.world.value("SELECT ccp_transaction_id::text FROM sales_order") == transaction
    assert len(market.simulator.live()) == 1


def test_of_two_sales_found_for_an_order_the_older_good_one_stays(
    market: Market, caplog: pytest.LogCaptureFixture
) -> None:
    order = crashed(market)
    market.simulator.misbehave(ignoreIdempotencyKeys=True)
    _, kept, _ = (market.simulator.sell(market.product_id, amount, order) for amount in (1, 2, 2))
    with caplog.at_level(logging.ERROR):
        reconcile(market.world.database, market.settlement, market.ccp)
    assert discrepancies.cancel_extras(market.world.database, market.ccp) == 2
    assert alarms(caplog) == ["DOUBLE", "DOUBLE"]
    assert [sale["transactionId"] for sale in market.simulator.live()] == [kept]
    assert market.accounts().violations == []
    assert discrepancies.cancel_extras(market.world.database, market.ccp) == 0


def test_an_order_whose_sale_the_ccp_has_cancelled_is_parked_not_confirmed(market: Market) -> None:
    order = crashed(market)
    market.ccp.cancel(market.simulator.sell(market.product_id, 2, order))  # type: ignore[arg-type]
    reconcile(market.world.database, market.settlement, market.ccp)
    assert market.world.value("SELECT state FROM sales_order") == "PARKED"
    assert "cancelled" in str(market.world.value("SELECT reason FROM sales_order"))


def test_the_waits_grow_until_a_person_is_asked_and_a_restart_begins_anew(market: Market) -> None:
    clock = count(0, 100)
    market.gate._clock = lambda: next(clock)
    market.simulator.misbehave(errorRate=1, errorStatus=500)
    market.order("k1")
    waits = []
    for _ in range(MAX_ATTEMPTS - 1):
        due = market.world.value("SELECT extract(epoch FROM leased_until - now())::float FROM sales_order")
        waits.append(round(float(str(due)), -1))
        market.hurry()
        market.await_gate()
        assert reconcile(market.world.database, market.settlement, market.ccp) == 1
    assert waits == [30, 120, 600] + [3600] * (MAX_ATTEMPTS - 4)
    assert market.world.value("SELECT state FROM sales_order") == "PARKED"
    assert f"{MAX_ATTEMPTS} attempts" in str(market.world.value("SELECT reason FROM sales_order"))
    market.simulator.behave()
    with market.world.database.transaction() as connection:
        orders.resume(connection, market.world.value("SELECT id FROM sales_order"), orders.State.RESERVED, "restarted")  # type: ignore[arg-type]
    market.world.admin.execute("UPDATE sales_order SET leased_until = now() - interval '1 s'")
    with market.world.database.transaction() as connection:
        purchase = lease(connection, market.world.value("SELECT id FROM sales_order"))  # type: ignore[arg-type]
    assert purchase is not None
    assert purchase.attempt == 2
    market.await_gate()
    market.settlement.settle(purchase)
    assert market.accounts().violations == []


def test_fifty_at_once_with_one_key_make_one_order(market: Market) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: market.order("same"), range(50)))
    assert {answer.status_code for answer in answers} <= {201, 202, 409}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert market.accounts().states == {"CONFIRMED": 1}
    assert market.accounts().violations == []


@pytest.mark.parametrize("keys", ["keys", "no keys"])
def test_sales_equal_orders_after_reconciliation(market: Market, keys: str) -> None:
    market.simulator.misbehave(**MIX, ignoreIdempotencyKeys=keys == "no keys", seed=SEED)
    answers = market.order_many(300, 8)
    assert {answer.status_code for answer in answers} <= {201, 202}
    market.settle_all()
    market.simulator.behave()
    assert market.charge_twice(20) == 20
    market.compare()
    accounts = market.accounts()
    assert accounts.violations == []
    assert accounts.states["CONFIRMED"] + accounts.states["PARKED"] == 300
    assert accounts.states["PARKED"] < 40
    taken_back, flagged = market.take_back(15)
    assert flagged == taken_back


def test_not_even_a_ccp_without_keys_sells_twice_within_requests(world: World, market: Market) -> None:
    patient = Market(world, market.simulator, read_seconds=1.5)
    faults = {"errorRate": 0.15, "hangAfterAcceptRate": 0.05, "hangSeconds": 4, "dropAfterAcceptRate": 0.15}
    market.simulator.misbehave(**faults, ignoreIdempotencyKeys=True, seed=SEED)
    patient.order_many(120, 8)
    market.simulator.behave()
    references = [sale["reference"] for sale in market.simulator.live()]
    assert len(references) == len(set(references)) > 100
